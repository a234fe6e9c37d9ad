import type { Client } from "../lib/api/client";
import { troubleOf, type Trouble } from "../lib/api/trouble";
import { rows, type Item } from "./rows";

/** In milliseconds: less than between two keys of a fast typist, so that few calls are for nothing. */
const PAUSE = 60;
const PAGE = 50;
const LONGEST = 200;

/** Asks the backend what a query finds. Of two answers, the one to the newer question counts. */
export class Search {
  query = $state("");
  items = $state.raw<readonly Item[]>([]);
  total = $state(0);
  /** The query that `items` answers; none before the first answer. */
  answered = $state<string | undefined>();
  trouble = $state.raw<Trouble | undefined>();
  readonly rows = $derived(rows(this.items));
  #next: string | undefined;
  #turn = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #more = false;

  constructor(private readonly client: Client) {}

  /** Whether what is shown answers what was typed. */
  get isFresh(): boolean {
    return this.answered === this.query;
  }

  type(query: string): void {
    this.query = query.slice(0, LONGEST);
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.now(), PAUSE);
  }

  /** Searches at once. */
  async now(): Promise<void> {
    clearTimeout(this.#waiting);
    const turn = (this.#turn += 1);
    const asked = this.query;
    try {
      const query = { q: asked, limit: PAGE };
      const answer = await this.client.call("search_targets", { query });
      if (turn !== this.#turn) return;
      this.items = answer.items;
      this.total = answer.total;
      this.#next = answer.next ?? undefined;
      this.answered = asked;
      this.trouble = undefined;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.trouble = troubleOf(error, "The list may be old.");
    }
  }

  /** The next page, when the end of the list comes into view. */
  async more(): Promise<void> {
    if (this.#more || this.#next === undefined || !this.isFresh) return;
    this.#more = true;
    const turn = this.#turn;
    try {
      const query = { q: this.query, limit: PAGE, cursor: this.#next };
      const answer = await this.client.call("search_targets", { query });
      if (turn !== this.#turn) return;
      this.items = [...this.items, ...answer.items];
      this.#next = answer.next ?? undefined;
    } catch (error) {
      // A list that changed meanwhile has no such place any more: it is read anew by the next key.
      this.#next = undefined;
      if (turn === this.#turn) this.trouble = troubleOf(error, "The list is not whole.");
    } finally {
      this.#more = false;
    }
  }

  stop(): void {
    clearTimeout(this.#waiting);
    this.#turn += 1;
  }
}
