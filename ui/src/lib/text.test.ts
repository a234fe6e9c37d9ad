import { describe, expect, test } from "vitest";
import { initials, marked, pieces } from "./text";

describe("words of others", () => {
  test("are shown as they are", () => {
    const text = "Fix <b>this</b> & that\n\tnow: 日本語, ünïcödé";
    expect(pieces(text)).toEqual([{ words: text }]);
  });
  test.each([
    ["right\u202eto left", "U+202E"],
    ["nothing\u200bthere", "U+200B"],
    ["iso\u2066lated", "U+2066"],
    ["bell\u0007", "U+0007"],
    ["mark\ufeff", "U+FEFF"],
    ["tag\u{e0041}", "U+E0041"],
    ["joined 1\u200d2", "U+200D"],
  ])("%j names what would not be seen", (text, name) => {
    expect(pieces(text)).toContainEqual({ hidden: name });
  });
  test("keep what joins letters and emoji", () => {
    const text = "👩‍🚒 and नि\u200cक";
    expect(pieces(text)).toEqual([{ words: text }]);
  });
  test("of any length are cut in time", () => {
    expect(pieces("a\u200b".repeat(2000))).toHaveLength(4000);
  });
});

describe("what a search found", () => {
  const shown = (name: string, query: string) =>
    marked(name, query)
      .map(([text, found]) => (found ? `[${text}]` : text))
      .join("");
  test("is marked together, or letter by letter", () => {
    expect(shown("customer1", "cust")).toBe("[cust]omer1");
    expect(shown("customer1", "cus1")).toBe("[cus]tomer[1]");
    expect(shown("customer1", "ER cu")).toBe("[cu]stom[er]1");
    expect(shown("customer1", "edit")).toBe("customer1");
    expect(shown("customer1", "")).toBe("customer1");
  });
  test("leaves every letter where it was", () => {
    for (const name of ["İstanbul", "😀x", "a"]) {
      expect(
        marked(name, "x i 😀")
          .map(([text]) => text)
          .join(""),
      ).toBe(name);
    }
  });
});

test("initials", () => {
  expect(["Mira Okafor", "ada.lindqvist@x", "root", "日本", ""].map(initials)).toEqual([
    "MO",
    "AL",
    "RO",
    "日本",
    "",
  ]);
});
