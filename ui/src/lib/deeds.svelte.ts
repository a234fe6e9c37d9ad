import { newKey, type Request } from "./api/client";
import { Refused } from "./api/client";
import { troubleOf, type Trouble } from "./api/trouble";
import type { Session } from "./session.svelte";

type Change = "withdraw_request" | "end_request" | "extend_request" | "ask_again";

const UNDONE: Record<Change | "approve_request" | "deny_request", string> = {
  withdraw_request: "It was not withdrawn.",
  end_request: "It was not ended.",
  extend_request: "Nothing was extended; access ends as before.",
  ask_again: "Nothing was requested.",
  approve_request: "Nothing was approved.",
  deny_request: "Nothing was denied.",
};

/**
 * What a person does to requests, one thing after the other; each is asked for, and what is stored is
 * shown. What is asked for while something else is done comes after it; the same twice is once.
 */
export class Deeds {
  busy = $state<string | undefined>();
  trouble = $state.raw<Trouble | undefined>();
  readonly #asked = new Set<string>();
  #before: Promise<unknown> = Promise.resolve();

  constructor(private readonly session: Session) {}

  withdraw = (number: string) => this.#do("withdraw_request", number);
  end = (number: string) => this.#do("end_request", number);
  /** Ends somebody else's access, with a word to them. */
  revoke = (number: string, note: string) => this.#do("end_request", number, { note: note.trim() });
  extend = (number: string) => this.#do("extend_request", number);
  again = (number: string) => this.#do("ask_again", number);

  /**
   * Approves or denies what was shown, and nothing else; with `shorter` for fewer seconds than were
   * asked for.
   */
  decide(
    what: "approve" | "deny",
    shown: Request,
    note: string,
    shorter?: number,
  ): Promise<Request | undefined> {
    const call = `${what}_request` as const;
    const seconds = shorter === undefined ? {} : { duration_seconds: shorter };
    const body = { seen: shown.seen, note: note.trim(), ...seconds };
    const path = { number: shown.number };
    return this.#try(call, () => this.session.client.call(call, { path, body, key: newKey() }));
  }

  #do(call: Change, number: string, body = {}): Promise<Request | undefined> {
    const given = { path: { number }, body, key: newKey() };
    return this.#try(call, () => this.session.client.call(call, given));
  }

  #try(name: keyof typeof UNDONE, call: () => Promise<Request>): Promise<Request | undefined> {
    if (this.#asked.has(name)) return Promise.resolve(undefined);
    this.#asked.add(name);
    this.trouble = undefined;
    const done = this.#before.then(() => this.#now(name, call));
    this.#before = done;
    return done.finally(() => this.#asked.delete(name));
  }

  async #now(
    name: keyof typeof UNDONE,
    call: () => Promise<Request>,
  ): Promise<Request | undefined> {
    this.busy = name;
    try {
      const request = await call();
      this.session.requests.took(request);
      return request;
    } catch (error) {
      // Somebody was faster: what is stored now comes with the refusal.
      const current = error instanceof Refused ? error.problem.current : undefined;
      if (current) this.session.requests.took(current);
      this.trouble = troubleOf(error, UNDONE[name]);
      return undefined;
    } finally {
      this.busy = undefined;
    }
  }
}
