import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Client } from "../lib/api/client";
import { Unreachable } from "../lib/bridge/types";
import { Waiting, item } from "../testing/bridge";
import { Search } from "./search.svelte";

let bridge: Waiting;
let search: Search;
beforeEach(() => {
  vi.useFakeTimers();
  bridge = new Waiting();
  search = new Search(new Client(bridge));
});
afterEach(() => vi.useRealTimers());
const page = (names: string[], next: string | null = null, total = names.length) => ({
  items: names.map((name) => item(name)),
  total,
  next,
});

test("a fast typist asks once", () => {
  for (const text of ["c", "cu", "cus", "cust"]) {
    search.type(text);
    vi.advanceTimersByTime(20);
  }
  expect(bridge.calls).toHaveLength(0);
  vi.advanceTimersByTime(100);
  expect(bridge.calls.map((call) => call.path)).toEqual(["/api/v1/targets?q=cust&limit=50"]);
});

test("an answer that comes late is dropped", async () => {
  search.type("a");
  vi.advanceTimersByTime(100);
  search.type("ab");
  vi.advanceTimersByTime(100);
  await bridge.at(1).answer(200, page(["newer"]));
  await bridge.at(0).answer(200, page(["older"]));
  expect(search.rows.map((row) => row.resource)).toEqual(["newer"]);
  expect(search.isFresh).toBe(true);
});

test("what is shown is stale from the first key on", async () => {
  void search.now();
  await bridge.at(0).answer(200, page(["a"]));
  expect(search.isFresh).toBe(true);
  search.type("b");
  expect(search.isFresh).toBe(false);
});

test("of 50,000 only pages are read, each once", async () => {
  void search.now();
  await bridge.at(0).answer(200, page(["a"], "next", 50_000));
  void search.more();
  void search.more();
  expect(bridge.calls).toHaveLength(2);
  expect(bridge.at(1).path).toContain("cursor=next");
  await bridge.at(1).answer(200, page(["b"], null, 50_000));
  await search.more();
  expect(bridge.calls).toHaveLength(2);
  expect(search.rows.map((row) => row.resource)).toEqual(["a", "b"]);
});

test("a page of an older question is not added", async () => {
  void search.now();
  await bridge.at(0).answer(200, page(["a"], "next"));
  void search.more();
  search.type("z");
  vi.advanceTimersByTime(100);
  await bridge.at(2).answer(200, page(["z"]));
  await bridge.at(1).answer(200, page(["b"]));
  expect(search.rows.map((row) => row.resource)).toEqual(["z"]);
});

test("a refusal is told, and what was found stays", async () => {
  void search.now();
  await bridge.at(0).answer(200, page(["a"]));
  search.type("b");
  vi.advanceTimersByTime(100);
  await bridge.at(1).fail(new Unreachable("gone"));
  expect(search.trouble?.why).toContain("The list may be old.");
  expect(search.rows).toHaveLength(1);
});
