/** A row of a long list, or the place that rows take which nobody sees. */
export type Line<T> = { key: string; item: T } | { key: string; gap: number };

/** With so few rows all of them are drawn. */
export const FEW = 60;
/** Rows come and go in groups of this many, so that scrolling does not make some at every turn. */
const STEP = 10;
/** As many pixels around what can be seen are drawn as well. */
const AROUND = 600;

export interface Sight {
  /** How far the list's begin is above what can be seen, in pixels; below it, it is negative. */
  above: number;
  /** How high what can be seen is. */
  height: number;
}

/** Which rows are drawn, `from` inclusive and `to` exclusive, when each is `row` pixels high. */
export function inSight(count: number, row: number, { above, height }: Sight): [number, number] {
  const first = Math.floor((above - AROUND) / row / STEP) * STEP;
  const last = Math.ceil((above + height + AROUND) / row / STEP) * STEP;
  const from = Math.min(Math.max(0, first), Math.max(0, count - STEP));
  return [from, Math.max(from, Math.min(count, last))];
}

/** The rows to draw, in order: those in sight, the one at `current`, and gaps for the others. */
export function lines<T>(
  items: readonly T[],
  key: (item: T) => string,
  [from, to]: [number, number],
  current: number,
): Line<T>[] {
  const alone = current >= 0 && current < items.length && (current < from || current >= to);
  const drawn: [number, number][] = [[from, to]];
  if (alone) drawn.push([current, current + 1]);
  drawn.sort(([one], [other]) => one - other);
  const found: Line<T>[] = [];
  let next = 0;
  for (const [begin, end] of drawn) {
    if (begin > next) found.push({ key: `gap ${next}`, gap: begin - next });
    for (const item of items.slice(begin, end)) found.push({ key: key(item), item });
    next = end;
  }
  if (next < items.length) found.push({ key: "gap at the end", gap: items.length - next });
  return found;
}
