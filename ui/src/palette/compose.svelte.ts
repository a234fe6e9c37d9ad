import { newKey, type Client, type Request, type Schemas } from "../lib/api/client";
import { sentence, troubleOf, type Trouble } from "../lib/api/trouble";
import { anyOf } from "../lib/target";
import { clock, localised, span } from "../lib/time";
import type { Memory } from "./memory";
import type { Item } from "./rows";

const PAUSE = 120;
const QUARTER = 15 * 60;

type Planned = Schemas["Planned"];

/** What is asked for, for how long and why; and what would come of it. */
export class Compose {
  item = $state.raw<Item | undefined>();
  seconds = $state(3600);
  reason = $state("");
  plan = $state.raw<{ of: string; planned: Planned } | undefined>();
  trouble = $state.raw<Trouble | undefined>();
  missing = $state(false);
  /** What was typed as duration is none, or is too long. */
  wrongDuration = $state(false);
  sending = $state(false);
  /** The reason as it was filled in; one that differs was typed. */
  #remembered = "";
  /** One key for one intent: the same thing that is sent again is done once. */
  #intent: { body: string; key: string } | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(
    private readonly client: Client,
    private readonly reasons: Memory,
  ) {}

  /**
   * Begins with what is selected now. A reason that was typed and not yet sent stays: an answer to
   * the search may come while somebody types it, and bring another target up.
   */
  pick(item: Item | undefined): void {
    if (item?.target === this.item?.target) {
      this.item = item;
      return;
    }
    this.item = item;
    this.seconds = item?.default_seconds ?? 3600;
    if (this.reason === this.#remembered) {
      this.#remembered = item ? (this.reasons.get(item.target) ?? "") : "";
      this.reason = this.#remembered;
    }
    this.missing = false;
    this.wrongDuration = false;
    this.trouble = undefined;
    this.plan = undefined;
    this.ask();
  }

  get most(): number {
    return this.item?.max_seconds ?? 3600;
  }

  get least(): number {
    return Math.min(QUARTER, this.most);
  }

  /** Which request a preview is of. Of the reason only counts whether there is one. */
  get #what(): string {
    return JSON.stringify([this.item?.target, this.seconds, this.reason.trim() !== ""]);
  }

  /** The preview of what is composed now, when it is there. */
  get planned(): Planned | undefined {
    return this.plan?.of === this.#what ? this.plan.planned : undefined;
  }

  /** Asks what would come of it, in a moment. */
  ask(): void {
    clearTimeout(this.#waiting);
    if (this.item) this.#waiting = setTimeout(() => void this.preview(), PAUSE);
  }

  /** Asks what would come of it. */
  async preview(): Promise<Planned | undefined> {
    clearTimeout(this.#waiting);
    if (!this.item || this.planned) return this.planned;
    const turn = (this.#turn += 1);
    const of = this.#what;
    try {
      const { requests } = await this.client.call("preview_request", { body: this.#body() });
      const [planned] = requests;
      if (turn === this.#turn && planned) this.plan = { of, planned };
    } catch (error) {
      if (turn === this.#turn) this.trouble = troubleOf(error, "Nothing was requested.");
    }
    return this.planned;
  }

  #body(): Schemas["CreateRequest"] {
    const targets = this.item ? [this.item.target] : [];
    return { targets, duration_seconds: this.seconds, reason: this.reason.trim() };
  }

  /** Sends it, once, after what would come of it was shown. Tells what is stored then. */
  async send(): Promise<Request | undefined> {
    if (!this.item || this.sending || this.wrongDuration) return undefined;
    if (this.item.reason_required && this.reason.trim() === "") {
      this.missing = true;
      return undefined;
    }
    this.sending = true;
    this.trouble = undefined;
    try {
      const planned = await this.preview();
      if (!planned || planned.refusal) return undefined;
      const body = this.#body();
      const request = await this.client.call("create_request", { body, key: this.#key(body) });
      this.#intent = undefined;
      if (body.reason) this.reasons.set(this.item.target, body.reason);
      this.#remembered = this.reason;
      return request;
    } catch (error) {
      this.trouble = troubleOf(
        error,
        "It is not known whether the request arrived. Sending it again is safe.",
      );
      return undefined;
    } finally {
      this.sending = false;
    }
  }

  #key(body: object): string {
    const text = JSON.stringify(body);
    if (this.#intent?.body !== text) this.#intent = { body: text, key: newKey() };
    return this.#intent.key;
  }

  stop(): void {
    clearTimeout(this.#waiting);
    this.#turn += 1;
  }
}

/** What would come of a request, in sentences: who decides, until when, and what ends by itself. */
export function promise(planned: Planned, now: number): { text: string; bad: boolean } {
  if (planned.refusal) return { text: localised(sentence(planned.refusal.detail), now), bad: true };
  const { under, decided_by: deciders, duration_seconds: seconds } = planned;
  const alone = localised(sentence(planned.ends_alone), now);
  if (under?.approval === "automatic") {
    const until = planned.deadline ? ` until ${clock(planned.deadline, now)}` : "";
    return { text: `Granted automatically${until}. ${alone}`, bad: false };
  }
  if (deciders.length === 0) return { text: "Nobody may approve this for you now.", bad: true };
  const lasts = seconds ? ` Ends ${span(seconds)} after it is approved.` : "";
  return { text: `Asks ${anyOf(deciders)}.${lasts} ${alone}`, bad: false };
}
