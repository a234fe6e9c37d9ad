/** How long the second press may take, in milliseconds. */
const TWICE = 3000;

/** Asks for the same twice, so that one slip of the hand does nothing in production. */
export class Sure {
  /** What a second press would do now. */
  asked = $state<string | undefined>();
  #over: ReturnType<typeof setTimeout> | undefined;

  /** Whether this is the second press for the same. */
  twice(what: string): boolean {
    clearTimeout(this.#over);
    if (this.asked === what) {
      this.asked = undefined;
      return true;
    }
    this.asked = what;
    this.#over = setTimeout(() => (this.asked = undefined), TWICE);
    return false;
  }

  /** Something else was done. */
  forget(): void {
    clearTimeout(this.#over);
    this.asked = undefined;
  }
}
