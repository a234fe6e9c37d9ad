import { expect, test } from "vitest";
import { item } from "../testing/bridge";
import { guess, laidOut, rows, visible, ROW_HEIGHT } from "./rows";

const asks = { approval: "ada", approvers: ["ada"] };

test("permissions of one resource are one row, the weakest first, in the order of the best match", () => {
  const found = rows([item("b", "edit"), item("a", "zeta"), item("b", "view"), item("a", "admin")]);
  expect(found.map((row) => [row.resource, row.offers.map((offer) => offer.permission)])).toEqual([
    ["b", ["view", "edit"]],
    ["a", ["admin", "zeta"]],
  ]);
});

test("the permission is the one typed, else the last, else what needs nobody, else the weakest", () => {
  const [row] = rows([item("a", "view", asks), item("a", "edit"), item("a", "admin", asks)]);
  if (!row) throw new Error("no row");
  expect(guess(row, "a admin", "edit")?.permission).toBe("admin");
  expect(guess(row, "k8s/namespace/a:view", undefined)?.permission).toBe("view");
  expect(guess(row, "a", "view")?.permission).toBe("view");
  expect(guess(row, "a", undefined)?.permission).toBe("edit");
  const [asking] = rows([item("a", "edit", asks), item("a", "view", asks)]);
  expect(asking && guess(asking, "", undefined)?.permission).toBe("view");
});

test("lines lie under one another, what was asked for lately first", () => {
  const { lines, order, height } = laidOut(
    rows(["a", "b", "c"].map((name) => item(name))),
    new Set(["k8s/namespace/b"]),
  );
  expect(order.map((row) => row.resource)).toEqual(["b", "a", "c"]);
  expect(lines.map((line) => ("group" in line ? line.group : line.index))).toEqual([
    "Recent",
    0,
    "Resources",
    1,
    2,
  ]);
  expect(height).toBe(2 * 27 + 3 * ROW_HEIGHT);
  lines.slice(1).forEach((line, at) => expect(line.top).toBeGreaterThan(lines[at]?.top ?? 0));
});

test("of 50,000 rows only those in sight are drawn", () => {
  const many = rows(Array.from({ length: 50_000 }, (_, at) => item(`n${at}`)));
  const { lines, height } = laidOut(many, new Set());
  for (const from of [0, height / 2, height - 300]) {
    const drawn = visible(lines, from, 300);
    expect(drawn.length).toBeGreaterThan(7);
    expect(drawn.length).toBeLessThan(20);
    expect(drawn.some((line) => line.top >= from && line.top < from + 300)).toBe(true);
  }
});
