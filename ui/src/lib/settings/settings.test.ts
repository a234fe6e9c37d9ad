import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clock } from "../time";
import { combination } from "./combination";
import { countsToTwelve, look, wear, worn } from "./look.svelte";
import { Preferences } from "./preferences.svelte";
import type { Changes, Keeper, Shown } from "./types";

const shown: Shown = {
  notice_granted: true,
  notice_ending: true,
  notice_asked: true,
  notice_reasons: true,
  shortcut: "Ctrl+Alt+B",
  single_keys: true,
  hop_when_granted: false,
  hop_back: true,
  theme: "dark",
  rows: "roomy",
  clock: "system",
  start_at_login: false,
  twelve_hours: true,
  shortcut_held: "Ctrl+Alt+B",
  trouble: null,
  about: { version: "1", api: 1, configuration: "/c", data: "/d" },
};

let page: Document;
let kept: Storage;
beforeEach(() => {
  page = { documentElement: { dataset: {} } } as unknown as Document;
  const stored = new Map<string, string>();
  kept = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  } as unknown as Storage;
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
  wear({ theme: "system", rows: "standard", clock: "system", single_keys: true }, page, false);
});

function keeper(answers: Partial<Keeper>): Keeper {
  let now = shown;
  return {
    read: () => Promise.resolve(now),
    change: (wanted: Partial<Changes>) => Promise.resolve((now = { ...now, ...wanted })),
    follow: () => () => undefined,
    ...answers,
  };
}

test("a page looks as the settings say, and the next one does at once", async () => {
  const preferences = new Preferences(page, kept, keeper({}));
  await preferences.read();
  expect(page.documentElement.dataset).toEqual({ theme: "dark", rows: "roomy" });
  expect(worn(kept)).toMatchObject({ theme: "dark", rows: "roomy" });
  await preferences.set("theme", "system");
  await preferences.set("rows", "standard");
  expect(page.documentElement.dataset["theme"]).toBeUndefined();
});

test("the time of day is written as the setting says, else as the desktop does", () => {
  const at = "2026-11-21T15:33:00";
  const now = Date.parse(at);
  wear({ clock: "12" }, page);
  expect(clock(at, now, "de")).toMatch(/^3:33\sPM$/);
  wear({ clock: "24" }, page);
  expect(clock(at, now, "en-US")).toBe("15:33");
  wear({ clock: "system" }, page, true);
  expect([countsToTwelve(), clock(at, now, "en-US")]).toEqual([
    true,
    expect.stringMatching(/^3:33/),
  ]);
});

test("without the machine the look is the browser's own, and nothing else is set", async () => {
  const preferences = new Preferences(page, kept, undefined);
  expect(await preferences.set("single_keys", false)).toBe(true);
  expect(await preferences.set("hop_back", false)).toBe(false);
  expect(look().single_keys).toBe(false);
  expect(worn(kept)).toEqual({ ...look() });
});

test("what is refused is told, and stays what it was", async () => {
  const change = () => Promise.reject(new Error("Ctrl+Alt+X cannot be had"));
  const preferences = new Preferences(page, kept, keeper({ change }));
  await preferences.read();
  expect(await preferences.set("shortcut", "Ctrl+Alt+X")).toBe(false);
  expect(preferences.trouble?.why).toBe("Ctrl+Alt+X cannot be had");
  expect(preferences.machine?.shortcut).toBe("Ctrl+Alt+B");
});

test("what does not read in the storage is no look", () => {
  for (const text of ["", "{", "null", "[]", '{"theme":"purple","rows":1,"x":2}']) {
    kept.setItem("bellhop.look", text);
    expect(worn(kept)).toEqual({});
  }
});

test("keys are a shortcut when they are whole, and can be one", () => {
  const none = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };
  const keys = (code: string, held: Partial<typeof none>) =>
    combination({ ...none, code, ...held });
  expect(keys("KeyB", { ctrlKey: true, altKey: true })).toBe("Ctrl+Alt+B");
  expect(keys("Space", { metaKey: true })).toBe("Super+Space");
  expect(keys("F12", { shiftKey: true, altKey: true })).toBe("Alt+Shift+F12");
  expect(keys("Digit7", { ctrlKey: true })).toBe("Ctrl+7");
  for (const code of ["KeyB", "ControlLeft", "F13", "Enter", "Escape", "IntlBackslash"]) {
    expect(keys(code, code === "KeyB" ? { shiftKey: true } : { ctrlKey: true })).toBeUndefined();
  }
});
