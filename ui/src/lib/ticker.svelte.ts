import { createSubscriber } from "svelte/reactivity";

/** What the ticker needs of the page. */
interface Page {
  readonly hidden: boolean;
  addEventListener(type: "visibilitychange", listener: () => void): void;
  removeEventListener(type: "visibilitychange", listener: () => void): void;
}

/** Answers say the time to the second: less than this is no difference. */
const NO_DIFFERENCE = 2000;

/**
 * The one clock of a page. It ticks once a second while somebody shows a countdown and the page can
 * be seen, and shows the server's time: each tick reads the clock anew, so a page that slept is right
 * at once.
 */
export class Ticker {
  #offset = 0;
  #update: () => void = () => undefined;
  readonly #follow: () => void;

  constructor(page: Page) {
    this.#follow = createSubscriber((update) => {
      this.#update = update;
      return ticking(page, update);
    });
  }

  /** The server's time in milliseconds. Whoever reads it in an effect is told of every tick. */
  get now(): number {
    this.#follow();
    return Date.now() + this.#offset;
  }

  /** The same, once. */
  get once(): number {
    return Date.now() + this.#offset;
  }

  /** Takes over the server's clock from an answer's `Date`. */
  heard(date: string): void {
    const offset = Date.parse(date) - Date.now();
    if (Number.isNaN(offset)) return;
    const meant = Math.abs(offset) < NO_DIFFERENCE ? 0 : offset;
    if (Math.abs(meant - this.#offset) < NO_DIFFERENCE) return;
    this.#offset = meant;
    this.#update();
  }

  /** How far this computer's clock is behind the server's, in milliseconds; minus when ahead. */
  get behind(): number {
    return this.#offset;
  }
}

function ticking(page: Page, update: () => void): () => void {
  let next: ReturnType<typeof setTimeout> | undefined;
  function tick(): void {
    update();
    wait();
  }
  function wait(): void {
    clearTimeout(next);
    // Just after the second turned, so that digits change once a second.
    if (!page.hidden) next = setTimeout(tick, 1000 - (Date.now() % 1000) + 5);
  }
  function seen(): void {
    if (page.hidden) clearTimeout(next);
    else tick();
  }
  page.addEventListener("visibilitychange", seen);
  wait();
  return () => {
    clearTimeout(next);
    page.removeEventListener("visibilitychange", seen);
  };
}
