/** All texts about time. Clock times are in the person's zone, in 24 or 12 hours as they want it. */
import { countsToTwelve } from "./settings/look.svelte";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From here on an active access is "ending soon", as the backend has it. */
export const SOON = 10 * MINUTE;

/** What is left, number first: "2 d 4 h", "2 h 12 min", "41:08". Never less than nothing. */
export function left(ms: number): string {
  const rest = Math.max(0, Math.ceil(ms / SECOND) * SECOND);
  if (rest >= DAY) return pair(rest, DAY, "d", HOUR, "h");
  if (rest >= HOUR) return pair(rest, HOUR, "h", MINUTE, "min");
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(rest / MINUTE))}:${two(Math.floor((rest % MINUTE) / SECOND))}`;
}

function pair(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % big) / small);
  const first = `${Math.floor(ms / big)} ${bigName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** A length: "30 minutes", "1 hour", "1 hour 30 minutes", "2 days". */
export function span(seconds: number): string {
  return parts(seconds, [" day", " hour", " minute", " second"], (count) =>
    count === 1 ? "" : "s",
  );
}

/** A length where there is little room: "30 min", "1 h 30 min", "2 d". One unit is spelt out. */
export function shortSpan(seconds: number): string {
  const whole = span(seconds);
  return whole.split(" ").length <= 2
    ? whole
    : parts(seconds, [" d", " h", " min", " s"], () => "");
}

function parts(seconds: number, names: readonly string[], end: (count: number) => string): string {
  const sizes = [DAY, HOUR, MINUTE, SECOND].map((size) => size / SECOND);
  let rest = Math.max(0, Math.round(seconds));
  const texts = sizes.flatMap((size, index) => {
    const count = Math.floor(rest / size);
    rest %= size;
    return count === 0 ? [] : [`${count}${names[index] ?? ""}${end(count)}`];
  });
  return texts.length === 0 ? `0${names.at(-1) ?? ""}${end(0)}` : texts.slice(0, 2).join(" ");
}

const UNITS: Record<string, number> = { d: DAY, h: HOUR, m: MINUTE, min: MINUTE, s: SECOND };

/** Reads what people type for a length, "90m", "2h", "1 h 30 min", "45", in seconds. */
export function parseSpan(text: string): number | undefined {
  const words = text.trim().toLowerCase();
  if (/^\d{1,6}$/.test(words)) return (Number(words) * MINUTE) / SECOND;
  const plain = words.replace(/(minutes?|mins?)/g, "m").replace(/(hours?|hrs?)/g, "h");
  const found = [
    ...plain.replace(/days?/g, "d").matchAll(/(\d{1,6}(?:\.\d+)?)\s*(d|h|min|m|s)\s*/g),
  ];
  const read = found.map(([piece]) => piece).join("");
  if (found.length === 0 || read !== plain.replace(/days?/g, "d")) return undefined;
  const ms = found.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0),
    0,
  );
  return Math.round(ms / SECOND);
}

/** A time of day, with the date when it is not today: "15:33", "Yesterday 16:40", "12 Nov 09:00". */
export function clock(at: string | number, now: number, locale?: string): string {
  return dated(new Date(at), now, { minute: "2-digit" }, locale);
}

/** The same to the second. */
export function clockExact(at: string | number, now: number, locale?: string): string {
  const how = { minute: "2-digit", second: "2-digit" } as const;
  return dated(new Date(at), now, how, locale);
}

function dated(at: Date, now: number, how: Intl.DateTimeFormatOptions, locale?: string): string {
  const { hour12 = false } = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions();
  const twelve = countsToTwelve() ?? hour12;
  const hour = twelve ? "numeric" : "2-digit";
  // Not `hour12: false`, with which midnight is 24:00 in some places.
  const style: Intl.DateTimeFormatOptions = { ...how, hour };
  if (twelve !== hour12) style.hourCycle = twelve ? "h12" : "h23";
  const time = new Intl.DateTimeFormat(locale, style).format(at);
  const days = Math.round((midnight(at) - midnight(new Date(now))) / DAY);
  if (days === 0) return time;
  const near: Record<number, string> = { [-1]: "Yesterday", 1: "Tomorrow" };
  const year = at.getFullYear() === new Date(now).getFullYear() ? {} : { year: "numeric" as const };
  const day = { day: "numeric", month: "short", ...year } as const;
  return `${near[days] ?? new Intl.DateTimeFormat(locale, day).format(at)} ${time}`;
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** How long ago, roughly: "now", "42 s", "4 min", "2 h", "3 d". */
export function age(at: string | number, now: number): string {
  const ms = Math.max(0, now - new Date(at).getTime());
  if (ms < 5 * SECOND) return "now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  return ms < DAY ? `${Math.floor(ms / HOUR)} h` : `${Math.floor(ms / DAY)} d`;
}

/** The same in a sentence: "just now", "4 min ago". */
export function ago(at: string | number, now: number): string {
  const text = age(at, now);
  return text === "now" ? "just now" : `${text} ago`;
}

/** Time left for ears: "41 minutes of 60", "2 hours of 8 hours". */
export function meterText(leftMs: number, wholeMs: number): string {
  if (wholeMs <= HOUR) {
    return `${Math.max(0, Math.floor(leftMs / MINUTE))} minutes of ${Math.round(wholeMs / MINUTE)}`;
  }
  return `${span(Math.max(0, leftMs) / SECOND)} of ${span(wholeMs / SECOND)}`;
}

/** The minutes at which a countdown is announced, and no others. */
const ANNOUNCED = [10, 5, 1];

/** What to announce when a countdown went from `before` to `after`: at 10, 5 and 1 minutes. */
export function announcement(before: number, after: number): string | undefined {
  const passed = ANNOUNCED.filter((m) => before > m * MINUTE && after <= m * MINUTE && after > 0);
  const minutes = passed.at(-1);
  return minutes === undefined
    ? undefined
    : `${minutes} ${minutes === 1 ? "minute" : "minutes"} left`;
}

/** The backend writes times in UTC into its sentences. People read those of their own clock. */
export function localised(text: string, now = Date.now(), locale?: string): string {
  return text.replace(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/g, (whole, day, time) => {
    const at = Date.parse(`${String(day)}T${String(time)}Z`);
    return Number.isNaN(at) ? String(whole) : clock(at, now, locale);
  });
}
