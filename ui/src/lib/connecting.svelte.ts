import { Refused, newKey, type Schemas } from "./api/client";
import { troubleOf, type Trouble } from "./api/trouble";
import type { Session } from "./session.svelte";
import { suggested } from "./systems";

export type Preview = Schemas["ConnectPreview"];
export type Check = Schemas["ConnectCheck"];

/** How long nobody typed before it is looked, in milliseconds. */
const QUIET = 600;

/** The roles that every cluster has. */
export const USUAL: readonly string[] = ["view", "edit", "admin"];

/** A cluster that is about to be connected: what was chosen, what a look at it found, what came of it. */
export class Connecting {
  name = $state("");
  context = $state("");
  /** The usual roles that are ticked, and others by name. */
  usual = $state<string[]>(["view", "edit"]);
  others = $state("");
  everywhere = $state(true);
  places = $state("");

  preview = $state.raw<Preview | undefined>();
  /** When it was looked the last time. */
  at = $state<number | undefined>();
  looking = $state(false);
  trouble = $state.raw<Trouble | undefined>();
  connecting = $state(false);
  connected = $state.raw<Schemas["Connected"] | undefined>();
  /** The list of what can be asked for, read once it is connected. */
  listed = $state.raw<Schemas["Integration"] | Trouble | undefined>();

  /** What was chosen is about another look than the last one. */
  stale = $state(true);
  #named = false;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly session: Session,
    /** One that is there already, and keeps its name. */
    readonly existing: string | undefined,
  ) {
    if (existing !== undefined) {
      this.name = existing;
      this.#named = true;
      const offers = session.integrations.find((each) => each.name === existing)?.offers ?? [];
      if (offers.length > 0) {
        this.usual = offers.filter((each) => USUAL.includes(each));
        this.others = offers.filter((each) => !USUAL.includes(each)).join(", ");
      }
    }
  }

  get offer(): string[] {
    return [...this.usual, ...words(this.others).filter((one) => !this.usual.includes(one))];
  }

  get isNew(): boolean {
    const there = this.session.integrations.find((each) => each.name === this.existing);
    return !there?.server;
  }

  /** Takes a context, and names the system after it unless somebody named it. */
  choose(context: string): void {
    this.context = context;
    // What was found is about another cluster.
    this.preview = undefined;
    this.trouble = undefined;
    if (!this.#named) {
      const taken = this.session.integrations.map((each) => each.name);
      this.name = context === "" ? "" : suggested(context, taken);
    }
    this.changed();
  }

  rename(name: string): void {
    this.name = name;
    this.#named = true;
    this.changed();
  }

  /** Something else was chosen: it is looked once nobody types any more. */
  changed(): void {
    this.stale = true;
    this.#turn += 1;
    this.looking = false;
    clearTimeout(this.#timer);
    if (this.context !== "") this.#timer = setTimeout(() => void this.look(), QUIET);
  }

  stop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
  }

  async look(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.context === "" || this.connecting) return;
    const turn = (this.#turn += 1);
    this.looking = true;
    try {
      const found = await this.session.client.call("preview_connection_here", {
        body: this.#ask(),
      });
      if (turn !== this.#turn) return;
      this.preview = found;
      this.trouble = undefined;
      this.stale = false;
      this.at = this.session.ticker.once;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.preview = undefined;
      this.trouble = troubleOf(error, "Nothing was looked at.");
    }
    if (turn === this.#turn) this.looking = false;
  }

  /** Why it cannot be connected now; nothing when it can. */
  get hindrance(): string | undefined {
    if (this.context === "") return "Choose a context first";
    if (this.looking || (this.stale && !this.trouble)) return "The checks run";
    if (this.trouble ?? !this.preview) return "The checks could not be run";
    const failed = this.preview.checks.filter((each) => each.state === "failed");
    const [first] = failed;
    if (first) {
      const count = failed.length === 1 ? "1 check" : `${failed.length} checks`;
      return `${count} must pass before you can connect: ${first.what}`;
    }
    return this.preview.ready ? undefined : "Not everything could be looked at";
  }

  async connect(): Promise<void> {
    if (this.connecting || this.hindrance !== undefined) return;
    this.connecting = true;
    this.trouble = undefined;
    try {
      const given = { body: this.#ask(), key: newKey() };
      this.connected = await this.session.client.call("connect_here", given);
    } catch (error) {
      this.trouble = troubleOf(error, "It may or may not be connected; look at the list.");
      // What stands in the way now is among the checks.
      if (error instanceof Refused) this.stale = true;
      this.connecting = false;
      return;
    }
    this.connecting = false;
    try {
      const path = { name: this.name };
      this.listed = await this.session.client.call("sync_integration", { path, body: {} });
    } catch (error) {
      this.listed = troubleOf(error, "It is read again every few minutes.");
    }
  }

  #ask(): Schemas["ConnectHere"] {
    return {
      name: this.name,
      context: this.context,
      offer: this.offer,
      namespaces: this.everywhere ? [] : words(this.places),
      new: this.isNew,
    };
  }
}

/** Names with commas or spaces between them. */
export function words(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}
