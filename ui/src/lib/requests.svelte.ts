import { Refused, type Client, type Request } from "./api/client";
import { troubleOf, type Trouble } from "./api/trouble";
import { isOver } from "./states";

/** As many pages of open requests are read at most; there are 200 on each. */
const MOST_PAGES = 50;
const MOST_MISSED = 20;

/**
 * The requests that this page knows, each as it was read last. Answers may come in any order: what
 * was asked for later counts.
 */
export class Requests {
  #known = $state.raw<ReadonlyMap<string, Request>>(new Map());
  #readAt = new Map<string, number>();
  #turn = 0;
  #again = new Map<string, boolean>();
  loaded = $state<"loading" | "loaded" | "failed">("loading");
  trouble = $state.raw<Trouble | undefined>();
  /** Requests that the store cannot read, each with what is wrong. */
  unreadable = $state.raw<readonly string[]>([]);

  constructor(private readonly client: Client) {}

  /** All of them, newest first. */
  readonly all = $derived(
    [...this.#known.values()].sort((one, other) =>
      other.submitted_at.localeCompare(one.submitted_at),
    ),
  );

  get(number: string): Request | undefined {
    return this.#known.get(number);
  }

  /** Reads the lists anew: what is open, and the newest of the others. */
  async load(): Promise<void> {
    const turn = (this.#turn += 1);
    try {
      const newest = this.client.call("list_requests", { query: { limit: 50 } });
      const [page, all] = await Promise.all([newest, this.#open()]);
      const read = [...all, ...page.items];
      this.#take(read, turn);
      await this.#missed(new Set(read.map((each) => each.number)), turn);
      this.unreadable = page.unreadable ?? [];
      this.loaded = "loaded";
      this.trouble = undefined;
    } catch (error) {
      this.trouble = troubleOf(error, "What is shown may be old.");
      if (this.loaded === "loading") this.loaded = "failed";
    }
  }

  /**
   * What was open here and is in no list any more is over: how, is read, for the newest of them. The
   * others are forgotten, rather than shown as they are not.
   */
  async #missed(read: ReadonlySet<string>, turn: number): Promise<void> {
    const missed = this.all.filter(
      (each) =>
        !isOver(each) && !read.has(each.number) && (this.#readAt.get(each.number) ?? 0) < turn,
    );
    this.#forget(missed.slice(MOST_MISSED));
    const reading = missed.slice(0, MOST_MISSED).map(async (each) => {
      try {
        await this.refresh(each.number);
      } catch (error) {
        if (!(error instanceof Refused) || error.problem.code !== "not_found") throw error;
        this.#forget([each]);
      }
    });
    await Promise.all(reading);
  }

  #forget(requests: readonly Request[]): void {
    const known = new Map(this.#known);
    requests.forEach((each) => known.delete(each.number));
    this.#known = known;
  }

  async #open(): Promise<Request[]> {
    const found: Request[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const query = { open: true, limit: 200, ...(cursor === undefined ? {} : { cursor }) };
      const answer = await this.client.call("list_requests", { query });
      found.push(...answer.items);
      if (!answer.next) break;
      cursor = answer.next;
    }
    return found;
  }

  /** Reads one anew; while that is on its way, more of the same ask only once more. */
  async refresh(number: string): Promise<Request | undefined> {
    if (this.#again.has(number)) {
      this.#again.set(number, true);
      return this.get(number);
    }
    this.#again.set(number, false);
    try {
      do {
        this.#again.set(number, false);
        const turn = (this.#turn += 1);
        this.#take([await this.client.call("show_request", { path: { number } })], turn);
      } while (this.#again.get(number));
    } finally {
      this.#again.delete(number);
    }
    return this.get(number);
  }

  /** What an answer of a change said. */
  took(request: Request): void {
    this.#take([request], (this.#turn += 1));
  }

  #take(requests: readonly Request[], turn: number): void {
    const known = new Map(this.#known);
    for (const request of requests) {
      if ((this.#readAt.get(request.number) ?? 0) > turn) continue;
      this.#readAt.set(request.number, turn);
      known.set(request.number, request);
    }
    this.#known = known;
  }
}
