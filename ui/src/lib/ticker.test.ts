import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { watched } from "../testing/watched.svelte";
import { Ticker } from "./ticker.svelte";

class Page extends EventTarget {
  hidden = false;
  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

const START = Date.parse("2026-11-21T14:00:00.000Z");

describe("the one clock", () => {
  let page: Page;
  let ticker: Ticker;
  let seen: number[];
  let stop: () => void;
  beforeEach(() => {
    vi.useFakeTimers({ now: START });
    page = new Page();
    ticker = new Ticker(page as unknown as Document);
    seen = [];
    stop = watched(() => seen.push(ticker.now));
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });
  function pass(ms: number): void {
    vi.advanceTimersByTime(ms);
    flushSync();
  }

  test("ticks once a second, just after it turned", () => {
    for (let second = 0; second < 3; second += 1) {
      vi.advanceTimersToNextTimer();
      flushSync();
    }
    expect(seen.map((at) => at - START)).toEqual([0, 1005, 2005, 3005]);
  });
  test("rests while nobody looks, and is right at once when somebody does", () => {
    page.hide(true);
    pass(3_600_000);
    expect(seen).toHaveLength(1);
    page.hide(false);
    flushSync();
    expect(seen.at(-1)).toBe(START + 3_600_000);
  });
  test("stops when nobody shows a countdown any more", () => {
    stop();
    pass(0);
    expect(vi.getTimerCount()).toBe(0);
  });
  test("is right after a sleep, in which no timer ran", () => {
    vi.setSystemTime(START + 7_200_000);
    pass(1005);
    expect(seen.at(-1)).toBeGreaterThanOrEqual(START + 7_200_000);
  });
  test("shows the server's time when this computer's clock is another", () => {
    ticker.heard(new Date(START + 360_000).toUTCString());
    flushSync();
    expect(ticker.once).toBe(START + 360_000);
    expect(seen.at(-1)).toBe(START + 360_000);
    expect(ticker.behind).toBe(360_000);
  });
  test("does not jitter with what answers leave out: parts of a second", () => {
    ticker.heard(new Date(START - 900).toUTCString());
    ticker.heard("no date");
    expect(ticker.once).toBe(START);
  });
});
