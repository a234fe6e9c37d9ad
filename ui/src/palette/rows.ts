import type { Schemas } from "../lib/api/client";
import { resourceKey } from "../lib/target";

export type Item = Schemas["TargetItem"];

/** One resource, with the permissions that may be asked for there. */
export interface Row {
  key: string;
  integration: string;
  type: string;
  resource: string;
  offers: readonly Item[];
}

/** Weakest first, where the names say so; the others as they sort. */
const KNOWN = ["view", "read", "edit", "write", "admin"];

/** Rows in the order of their best match. */
export function rows(items: readonly Item[]): Row[] {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const key = resourceKey(item);
    const offers = found.get(key);
    if (offers) offers.push(item);
    else found.set(key, [item]);
  }
  return [...found].flatMap(([key, offers]) => {
    const [first] = offers;
    if (!first) return [];
    const { integration, type, resource } = first;
    return [{ key, integration, type, resource, offers: offers.toSorted(byStrength) }];
  });
}

function byStrength(one: Item, other: Item): number {
  return strength(one) - strength(other) || one.permission.localeCompare(other.permission);
}

function strength(item: Item): number {
  const at = KNOWN.indexOf(item.permission);
  return at < 0 ? KNOWN.length : at;
}

/**
 * The permission that a row begins with: the one that was typed, else the one that was asked for last
 * time, else the weakest that needs nobody, else the weakest.
 */
export function guess(row: Row, query: string, last: string | undefined): Item | undefined {
  const words = query.toLowerCase().split(/[\s:/]+/);
  return (
    row.offers.find((item) => words.includes(item.permission.toLowerCase())) ??
    row.offers.find((item) => item.permission === last) ??
    row.offers.find((item) => item.approval === "automatic" && !item.closed) ??
    row.offers[0]
  );
}

/** What a list draws, each line at its place. */
export type Line = { top: number } & ({ group: string } | { row: Row; index: number });

export const ROW_HEIGHT = 38;
export const GROUP_HEIGHT = 27;

/** Lays the rows out under their headings, and says how high they are together. */
export function laidOut(
  found: readonly Row[],
  recent: ReadonlySet<string>,
): { lines: Line[]; order: Row[]; height: number } {
  const groups = [
    { group: "Recent", rows: found.filter((row) => recent.has(row.key)) },
    { group: "Resources", rows: found.filter((row) => !recent.has(row.key)) },
  ].filter((each) => each.rows.length > 0);
  const lines: Line[] = [];
  const order: Row[] = [];
  let height = 0;
  for (const each of groups) {
    lines.push({ group: each.group, top: height });
    height += GROUP_HEIGHT;
    for (const row of each.rows) {
      lines.push({ row, index: order.length, top: height });
      order.push(row);
      height += ROW_HEIGHT;
    }
  }
  return { lines, order, height };
}

/** The lines that can be seen, and a few around them. */
export function visible(lines: readonly Line[], from: number, height: number): Line[] {
  const around = 4 * ROW_HEIGHT;
  return lines.filter((line) => line.top > from - around && line.top < from + height + around);
}
