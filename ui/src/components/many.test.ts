import { describe, expect, test } from "vitest";
import { inSight, lines, type Line } from "./many";

const items = Array.from({ length: 10_000 }, (_, at) => `R-${at}`);
const drawn = (all: Line<string>[]) => all.flatMap((line) => ("item" in line ? [line.item] : []));
const rowsOf = (all: Line<string>[]) =>
  all.reduce((sum, line) => sum + ("gap" in line ? line.gap : 1), 0);
const same = (item: string) => item;

describe("of 10,000 rows only those near to what can be seen are drawn", () => {
  test.each([
    ["at the top", { above: 0, height: 600 }, [0, 30]],
    ["in the middle", { above: 250_000, height: 600 }, [4980, 5030]],
    ["at the end", { above: 499_400, height: 600 }, [9970, 10_000]],
    ["far below the list", { above: 900_000, height: 600 }, [9990, 10_000]],
    ["before it is reached", { above: -5000, height: 600 }, [0, 0]],
  ])("%s", (_, sight, expected) => {
    expect(inSight(items.length, 50, sight)).toEqual(expected);
  });

  test("the others take their place", () => {
    const all = lines(items, same, [4980, 5030], 5000);
    expect(all).toHaveLength(52);
    expect(all[0]).toEqual({ key: "gap 0", gap: 4980 });
    expect(rowsOf(all)).toBe(10_000);
  });

  test.each([0, 17, 4979, 5030, 9999])("the current one stays wherever it is: %i", (current) => {
    const all = lines(items, same, [4980, 5030], current);
    expect(drawn(all)).toHaveLength(51);
    expect(drawn(all)).toContain(`R-${current}`);
    expect(rowsOf(all)).toBe(10_000);
    expect(drawn(all)).toEqual(drawn(all).toSorted((a, b) => +a.slice(2) - +b.slice(2)));
    expect(new Set(all.map((line) => line.key)).size).toBe(all.length);
  });
});

test("one that is not in the list draws nothing more", () => {
  expect(lines(["a", "b"], same, [0, 2], -1)).toEqual([
    { key: "a", item: "a" },
    { key: "b", item: "b" },
  ]);
  expect(lines([], same, [0, 0], 0)).toEqual([]);
});
