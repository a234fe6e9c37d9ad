import { createContext } from "svelte";
import { Client, type Schemas } from "./api/client";
import { troubleOf, type Trouble } from "./api/trouble";
import { Unreachable, type Bridge, type Connection } from "./bridge/types";
import { throughTheBackend } from "./machine/backend";
import { Contexts } from "./machine/contexts.svelte";
import { CONTEXTS_CHANGED } from "./machine/types";
import { storage } from "./storage";
import { Preferences } from "./settings/preferences.svelte";
import { Requests } from "./requests.svelte";
import { Ticker } from "./ticker.svelte";

/** How long changes are gathered, in milliseconds, and how many are read one by one. */
const GATHERED = 25;
const MANY = 20;

/** Everything that a page knows: who looks, whether there is a connection, and what is stored. */
export class Session {
  readonly ticker: Ticker;
  readonly client: Client;
  readonly requests: Requests;
  /** The kubectl contexts of this machine. */
  readonly contexts: Contexts;
  readonly preferences: Preferences;
  connection = $state.raw<Connection>({ state: "connecting" });
  me = $state.raw<Schemas["Me"] | undefined>();
  integrations = $state.raw<readonly Schemas["Integration"][]>([]);
  /** Whether nothing was ever connected here. */
  #neverAny = $state(false);
  trouble = $state.raw<Trouble | undefined>();
  readonly #news = new Set<string>();
  readonly #listeners = new Set<() => void>();
  /** When the page was last known to show what is stored. */
  asOf = $state<number | undefined>();

  constructor(
    readonly bridge: Bridge,
    page: Document,
  ) {
    this.ticker = new Ticker(page);
    this.client = new Client(bridge, (date) => this.ticker.heard(date));
    this.requests = new Requests(this.client);
    this.contexts = new Contexts(bridge.machine ?? throughTheBackend(this.client));
    this.preferences = new Preferences(page, storage(), bridge.settings);
  }

  /** Begins to listen and reads what there is. Returns how to stop. */
  start(): () => void {
    const unfollow = this.preferences.start();
    const stop = this.bridge.subscribe(
      (change) => {
        this.#listeners.forEach((tell) => tell());
        if (change.request) this.#changed(change.request);
        if (change.kind.startsWith("integration")) this.#read(this.#systems());
        if (change.kind === CONTEXTS_CHANGED) this.contexts.changed();
      },
      (state) => {
        this.connection = state;
        if (state.state !== "connected") return;
        void this.load();
        this.#listeners.forEach((tell) => tell());
        this.contexts.changed();
      },
    );
    void this.load();
    return () => {
      unfollow();
      stop();
    };
  }

  /** Tells of each change, and after each new connection, until the function that it returns is called. */
  heard(tell: () => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  /** Reads everything anew. */
  async load(): Promise<void> {
    await Promise.all([this.requests.load(), this.#who(), this.#systems()]).then(
      () => {
        if (this.requests.trouble) return;
        this.trouble = undefined;
        this.asOf = this.ticker.once;
        // An answer is a connection, whatever the stream of changes is up to.
        if (this.connection.state === "connecting") this.connection = { state: "connected" };
      },
      (error: unknown) => {
        this.trouble = troubleOf(error, "What is shown may be old.");
        if (error instanceof Unreachable && this.connection.state === "connecting") {
          this.connection = { state: "offline", why: error.message };
        }
      },
    );
  }

  /** Reads one request anew. */
  read(number: string): void {
    this.#read(this.requests.refresh(number));
  }

  /** Whether this Bellhop was never used: nothing was connected, and nothing asked for. */
  get isNew(): boolean {
    const nothing = this.requests.loaded === "loaded" && this.requests.all.length === 0;
    return this.#neverAny && nothing;
  }

  /** The kind of a connected system, for its icon. */
  kind(integration: string): string | undefined {
    return this.integrations.find((each) => each.name === integration)?.kind;
  }

  /** Changes come in bursts: when many end at once, the lists are read, not each of them. */
  #changed(number: string): void {
    if (this.#news.size === 0) {
      setTimeout(() => {
        const numbers = [...this.#news];
        this.#news.clear();
        if (numbers.length > MANY) this.#read(this.requests.load());
        else numbers.forEach((each) => this.read(each));
      }, GATHERED);
    }
    this.#news.add(number);
  }

  async #who(): Promise<void> {
    this.me = await this.client.call("me");
  }

  async #systems(): Promise<void> {
    const { items, any_before: before } = await this.client.call("list_integrations");
    this.integrations = items;
    this.#neverAny = items.length === 0 && before === false;
  }

  #read(reading: Promise<unknown>): void {
    reading.catch((error: unknown) => {
      this.trouble = troubleOf(error, "What is shown may be old.");
    });
  }
}

export const [getSession, setSession] = createContext<Session>();
