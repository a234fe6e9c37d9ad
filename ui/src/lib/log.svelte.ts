import { row, type Row } from "./activity";
import type { Client, Schemas } from "./api/client";
import { troubleOf, type Trouble } from "./api/trouble";

/** Rows that are read at once. */
const PAGE = 200;
/** How long news are gathered, in milliseconds. */
const GATHERED = 100;
/** Pages without a row of what was asked for that are gone through before it is said. */
const MOST_EMPTY = 20;

/** What the log is narrowed down to. */
export interface Narrow {
  who?: string;
  kind?: string;
  integration?: string;
  since?: string;
  q?: string;
}

/** The audit log, the newest first, as far as somebody has looked. */
export class Log {
  rows = $state.raw<readonly Row[]>([]);
  loaded = $state<"loading" | "loaded" | "failed">("loading");
  /** There are older ones. */
  more = $state(false);
  reading = $state(false);
  trouble = $state.raw<Trouble | undefined>();
  verdict = $state.raw<Schemas["AuditVerdict"] | undefined>();
  checkedAt = $state<number | undefined>();
  checking = $state(false);
  #narrow: Narrow = {};
  #cursor: string | undefined;
  #turn = 0;
  #gathering = false;

  constructor(
    private readonly client: Client,
    private readonly now: () => number,
  ) {}

  /** Begins anew with what is wanted now. */
  async narrow(to: Narrow): Promise<void> {
    this.#turn += 1;
    this.#narrow = to;
    this.#cursor = undefined;
    this.loaded = "loading";
    await this.#older(this.#turn, []);
  }

  /** Reads on. */
  async older(): Promise<void> {
    if (this.reading || !this.more) return;
    await this.#older(this.#turn, this.rows);
  }

  async #older(turn: number, begin: readonly Row[]): Promise<void> {
    this.reading = true;
    try {
      let rows = begin;
      for (let empty = 0; empty < MOST_EMPTY && rows === begin; empty += 1) {
        const cursor = this.#cursor === undefined ? {} : { cursor: this.#cursor };
        const query = { ...this.#narrow, ...cursor, limit: PAGE };
        const page = await this.client.call("list_audit", { query });
        if (turn !== this.#turn) return;
        this.#cursor = page.next ?? undefined;
        if (page.items.length > 0) rows = [...begin, ...page.items.map(row).reverse()];
        if (this.#cursor === undefined) break;
      }
      this.rows = rows;
      this.more = this.#cursor !== undefined;
      this.loaded = "loaded";
      this.trouble = undefined;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.trouble = troubleOf(error, "What is shown may not be all.");
      if (this.loaded === "loading") this.loaded = "failed";
    } finally {
      if (turn === this.#turn) this.reading = false;
    }
  }

  /** Something happened: what is new comes on top. Many at once are read at once. */
  changed(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => {
      this.#gathering = false;
      void this.#newer();
    }, GATHERED);
  }

  async #newer(): Promise<void> {
    if (this.loaded !== "loaded") return;
    const turn = this.#turn;
    let after = this.rows[0]?.seq;
    if (after === undefined) return void (await this.narrow(this.#narrow));
    try {
      for (let cursor: string | undefined; ;) {
        const place = cursor === undefined ? { after } : { after, cursor };
        const query = { ...this.#narrow, ...place, limit: PAGE };
        const page = await this.client.call("list_audit", { query });
        if (turn !== this.#turn) return;
        const first = this.rows[0]?.seq ?? 0;
        const fresh = page.items.map(row).filter((each) => each.seq > first);
        this.rows = [...fresh.reverse(), ...this.rows];
        if (!page.next) return;
        cursor = page.next;
        after ??= 0;
      }
    } catch (error) {
      this.trouble = troubleOf(error, "What is shown may not be all.");
    }
  }

  /** One entry, also one that was not read yet. */
  async entry(seq: number): Promise<Row | undefined> {
    const known = this.rows.find((each) => each.seq === seq);
    if (known) return known;
    const query = { after: seq - 1, limit: 1 };
    const { items } = await this.client.call("list_audit", { query });
    return items.map(row).find((each) => each.seq === seq);
  }

  /** Checks the whole log. */
  async verify(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    try {
      this.verdict = await this.client.call("verify_audit");
      this.checkedAt = this.now();
    } catch (error) {
      this.trouble = troubleOf(error, "The log was not checked.");
    } finally {
      this.checking = false;
    }
  }
}
