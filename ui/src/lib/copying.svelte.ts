import { copied } from "./copy";

/** How long what came of it is told, in milliseconds. */
const SHOWN = 2000;

/** Copying, and for a moment what came of it. */
export class Copying {
  #outcome = $state<"copied" | "failed" | undefined>();

  /** Where that is not allowed, `shown` is selected instead, for the person's own copy key. */
  async copy(text: string, shown: HTMLElement | undefined): Promise<void> {
    this.#outcome = (await copied(text)) ? "copied" : "failed";
    if (this.#outcome === "failed" && shown) getSelection()?.selectAllChildren(shown);
    setTimeout(() => (this.#outcome = undefined), SHOWN);
  }

  get done(): boolean {
    return this.#outcome === "copied";
  }

  get words(): "Copied" | "Selected" | "Copy" {
    return this.done ? "Copied" : this.#outcome === "failed" ? "Selected" : "Copy";
  }
}
