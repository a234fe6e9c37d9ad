import type { Trouble } from "../api/trouble";
import { keep, look, wear, worn } from "./look.svelte";
import type { Changes, Keeper, Shown } from "./types";

const LOOKS = ["theme", "rows", "clock", "single_keys"];

/**
 * The settings as a page has them. Where nobody keeps those of the machine, as in a browser, the look
 * is the browser's own, and there are no others.
 */
export class Preferences {
  machine = $state.raw<Shown | undefined>();
  trouble = $state.raw<Trouble | undefined>();
  /** Of two answers the one to the later question counts. */
  #turn = 0;

  constructor(
    private readonly page: Document,
    private readonly kept: Storage | undefined,
    private readonly keeper: Keeper | undefined,
  ) {
    wear(worn(kept), page);
  }

  /** Whether the settings of the machine can be had here. */
  get hasMachine(): boolean {
    return this.keeper !== undefined;
  }

  /** Reads the settings and follows them. Returns how to stop. */
  start(): () => void {
    // What another window of this browser changed.
    const stored = () => wear(worn(this.kept), this.page);
    addEventListener("storage", stored);
    const stop = this.keeper?.follow(() => void this.read());
    void this.read();
    return () => {
      removeEventListener("storage", stored);
      stop?.();
    };
  }

  async read(): Promise<void> {
    const { keeper } = this;
    if (keeper) await this.#asked(() => keeper.read(), "What is shown may not be so.");
  }

  /** Changes a setting at once. Answers whether it is so now. */
  async set<Key extends keyof Changes>(key: Key, value: Changes[Key]): Promise<boolean> {
    const { keeper } = this;
    this.trouble = undefined;
    if (!keeper) {
      if (!LOOKS.includes(key)) return false;
      wear({ [key]: value }, this.page);
      keep(this.kept);
      return true;
    }
    const wanted = { [key]: value } as Partial<Changes>;
    return this.#asked(() => keeper.change(wanted), "The setting stays what it was.");
  }

  async #asked(question: () => Promise<Shown>, undone: string): Promise<boolean> {
    const turn = (this.#turn += 1);
    try {
      const shown = await question();
      if (turn === this.#turn) this.#took(shown);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.trouble = { what: undone, why };
      return false;
    }
  }

  #took(shown: Shown): void {
    this.machine = shown;
    wear(shown, this.page, shown.twelve_hours);
    keep(this.kept);
  }

  /** The look, and what holds for it. */
  get look() {
    return look();
  }
}
