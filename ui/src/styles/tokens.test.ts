import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync("src/styles/tokens.css", "utf8").replace(/\/\*.*?\*\//gs, "");

/** The declarations of the block that begins with `head`. */
function block(head: string): string[] {
  const from = css.indexOf("{", css.indexOf(head)) + 1;
  const text = css.slice(from, css.indexOf("}", from));
  return text
    .split(";")
    .flatMap((each) => (each.trim() === "" ? [] : [each.replace(/\s+/g, " ").trim()]));
}

test("dark is the same whether the system or the person chose it", () => {
  const bySystem = block(':root:not([data-theme="light"])');
  expect(bySystem.length).toBeGreaterThan(40);
  expect(bySystem).toEqual(block(':root[data-theme="dark"]'));
});

test("every colour of the light theme has its dark one", () => {
  const names = (lines: string[]) => new Set(lines.map((line) => line.split(":")[0]));
  const light = block(":root {").filter((line) => /#|rgb\(/.test(line));
  const dark = names(block(':root[data-theme="dark"]'));
  expect([...names(light)].filter((name) => !dark.has(name))).toEqual([]);
});

/** Contrast by WCAG. */
function contrast(one: string, other: string): number {
  const light = (colour: string) => {
    const part = (at: number) => {
      const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  };
  const [dark = 0, bright = 0] = [light(one), light(other)].toSorted((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

test.each([":root {", ':root[data-theme="dark"]'])("words can be read: %s", (head) => {
  const values = new Map(block(head).map((line) => line.split(": ") as [string, string]));
  const colour = (name: string) => values.get(`--${name}`)?.trim() ?? "";
  const words: [string, string][] = [
    ["ink", "paper"],
    ["ink-2", "card"],
    ["ink-3", "sunken"],
    ["brass-ink", "brass-wash"],
    ["primary-ink", "primary"],
    ["uniform-ink-2", "uniform-raised"],
    ...["ok", "wait", "work", "bad", "done"].map((each): [string, string] => [
      `${each}-ink`,
      `${each}-wash`,
    ]),
  ];
  for (const [ink, ground] of words) {
    expect(contrast(colour(ink), colour(ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(
      4.5,
    );
  }
  for (const edge of ["line-strong", "focus"]) {
    expect(contrast(colour(edge), colour("paper")), edge).toBeGreaterThanOrEqual(3);
  }
});
