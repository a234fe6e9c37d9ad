import { describe, expect, test } from "vitest";
import {
  age,
  ago,
  announcement,
  clock,
  clockExact,
  left,
  localised,
  meterText,
  parseSpan,
  shortSpan,
  span,
} from "./time";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** As the machine's zone has it, whichever that is. */
const at = (day: number, hour: number, minute = 0, second = 0) =>
  new Date(2026, 10, day, hour, minute, second).getTime();

describe("what is left", () => {
  test.each([
    [-5, "00:00"],
    [0, "00:00"],
    [1, "00:01"],
    [999, "00:01"],
    [41 * MINUTE + 8000, "41:08"],
    [HOUR - 1000, "59:59"],
    [HOUR - 1, "1 h"],
    [HOUR, "1 h"],
    [2 * HOUR + 12 * MINUTE + 59_000, "2 h 12 min"],
    [24 * HOUR, "1 d"],
    [52 * HOUR + 59 * MINUTE, "2 d 4 h"],
  ])("%i ms is %s", (ms, text) => expect(left(ms)).toBe(text));
});

describe("lengths", () => {
  test.each([
    [0, "0 seconds", "0 seconds"],
    [1, "1 second", "1 second"],
    [1800, "30 minutes", "30 minutes"],
    [3600, "1 hour", "1 hour"],
    [5400, "1 hour 30 minutes", "1 h 30 min"],
    [172_800, "2 days", "2 days"],
    [90_061, "1 day 1 hour", "1 d 1 h"],
  ])("%i s is %s, or %s", (seconds, long, short) => {
    expect(span(seconds)).toBe(long);
    expect(shortSpan(seconds)).toBe(short);
  });

  test.each([
    ["90m", 5400],
    ["2h", 7200],
    ["1 h 30 min", 5400],
    ["1 hour 30 minutes", 5400],
    ["1h30m", 5400],
    ["45", 2700],
    [" 1.5h ", 5400],
    ["2 days", 172_800],
    ["90 mins", 5400],
  ])("%s is read as %i s", (text, seconds) => expect(parseSpan(text)).toBe(seconds));

  test.each(["", "soon", "-1h", "1x", "h", "1h and more", "1h 30", "99999999999h"])(
    "%s is no length",
    (text) => expect(parseSpan(text)).toBeUndefined(),
  );

  test("what is shown is read as what it is", () => {
    for (let seconds = 900; seconds <= 86_400; seconds += 900) {
      expect(parseSpan(shortSpan(seconds))).toBe(seconds);
    }
  });
});

describe("clock times", () => {
  const now = at(21, 14, 52);
  test("have 24 hours or 12 by the locale", () => {
    expect(clock(at(21, 15, 33), now, "en-GB")).toBe("15:33");
    expect(clock(at(21, 15, 33), now, "en-US")).toMatch(/^3:33\sPM$/);
    expect(clockExact(at(21, 15, 33, 8), now, "de-DE")).toBe("15:33:08");
  });
  test("say the day when it is another", () => {
    expect(clock(at(20, 16, 40), now, "en-GB")).toBe("Yesterday 16:40");
    expect(clock(at(22, 0, 5), now, "en-GB")).toBe("Tomorrow 00:05");
    expect(clock(at(12, 9), now, "en-GB")).toBe("12 Nov 09:00");
    expect(clock(new Date(2025, 10, 12, 9).getTime(), now, "en-GB")).toBe("12 Nov 2025 09:00");
  });
  test("of the backend become those of the person", () => {
    const when = new Date(at(21, 15, 33)).toISOString().replace("T", " ").slice(0, 19);
    expect(localised(`off at ${when} UTC, access ends`, now, "en-GB")).toBe(
      "off at 15:33, access ends",
    );
    expect(localised("nothing to see", now)).toBe("nothing to see");
  });
});

test("an age is rough", () => {
  const ages = [0, 42, 61, 3 * 3600, 50 * 3600].map((seconds) => age(0, seconds * 1000));
  expect(ages).toEqual(["now", "42 s", "1 min", "3 h", "2 d"]);
  expect(age(10_000, 0)).toBe("now");
  expect([ago(0, 0), ago(0, 61_000)]).toEqual(["just now", "1 min ago"]);
});

test("a meter is read in minutes, and in words when it is long", () => {
  expect(meterText(41 * MINUTE + 8000, HOUR)).toBe("41 minutes of 60");
  expect(meterText(2 * HOUR, 8 * HOUR)).toBe("2 hours of 8 hours");
});

test("a countdown is announced at 10, 5 and 1 minutes, once each", () => {
  const said: string[] = [];
  for (let rest = 12 * MINUTE; rest > -2000; rest -= 1000) {
    const text = announcement(rest + 1000, rest);
    if (text) said.push(text);
  }
  expect(said).toEqual(["10 minutes left", "5 minutes left", "1 minute left"]);
  // After a sleep only what is still true.
  expect(announcement(30 * MINUTE, 4 * MINUTE)).toBe("5 minutes left");
  expect(announcement(30 * MINUTE, -1)).toBeUndefined();
});
