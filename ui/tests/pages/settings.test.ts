import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { MAIN, accessible, fits, launch, opened, shut } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

type Theme = "light" | "dark";
const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const chosen = (page: Page) => page.evaluate(() => ({ ...document.documentElement.dataset }));

/** What the app answers a page, as far as settings go; calls of the API get nothing at all. */
function app(): void {
  const held = "Ctrl+Alt+B";
  const about = { version: "0.1.0", api: 1, configuration: "/home/mira/.config/bellhop" };
  const kept: Record<string, unknown> = {
    ...{ notice_granted: true, notice_ending: true, notice_asked: true, notice_reasons: true },
    ...{ shortcut: held, single_keys: true, hop_when_granted: false, hop_back: true },
    ...{ theme: "system", rows: "standard", clock: "system" },
    ...{ start_at_login: false, twelve_hours: false, shortcut_held: held, trouble: null },
    about: { ...about, data: "/home/mira/.local/share/bellhop" },
  };
  const answers: Record<string, (given: { wanted: Record<string, unknown> }) => unknown> = {
    settings: () => kept,
    change_settings: ({ wanted }) => {
      if (wanted["shortcut"] === "Ctrl+Alt+X") throw "Ctrl+Alt+X cannot be had: it is taken";
      if (wanted["shortcut"]) kept["shortcut_held"] = wanted["shortcut"];
      return Object.assign(kept, wanted);
    },
    api: () => {
      throw "No backend answers";
    },
    "plugin:event|listen": () => 1,
  };
  Object.assign(window, {
    isTauri: true,
    kept,
    __TAURI_EVENT_PLUGIN_INTERNALS__: { unregisterListener: () => undefined },
    __TAURI_INTERNALS__: {
      transformCallback: () => 1,
      invoke: async (command: string, given: { wanted: Record<string, unknown> }) =>
        structuredClone(answers[command]?.(given) ?? null),
    },
  });
}

async function inTheApp(where: string, colorScheme: Theme = "light"): Promise<Page> {
  const context = await browser.newContext({ viewport: MAIN, colorScheme });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => expect.fail(`the page made a mistake: ${error.stack ?? ""}`));
  await page.addInitScript(app);
  await page.goto(`${inject("stage").pages}/${where}`);
  return page;
}

describe.each(["light", "dark"] as const)(
  "the settings, %s, have nothing that axe finds",
  (theme) => {
    test("in the app", async () => {
      const page = await inTheApp("index.html#/settings", theme);
      await see(page, "Hop back when it ends");
      await accessible(page);
      for (const size of [MAIN, { width: 960, height: 640 }, { width: 390, height: 780 }]) {
        await page.setViewportSize(size);
        await fits(page);
      }
      await page.evaluate(() => (location.hash = "#/settings/about"));
      await see(page, "SIL Open Font License");
      await accessible(page);
      await fits(page);
      await shut(page);
    });

    test("in a browser", async () => {
      const page = await opened(browser, "index.html#/settings", {
        viewport: MAIN,
        colorScheme: theme,
      });
      await see(page, "This browser keeps how its own pages look.");
      await accessible(page);
      await fits(page);
      await shut(page);
    });
  },
);

describe("by keyboard alone", () => {
  test("a switch, a choice and the shortcut are set", async () => {
    const page = await inTheApp("index.html#/access");
    const kept = (key: string) =>
      page.evaluate(
        (name) => (window as unknown as { kept: Record<string, unknown> }).kept[name],
        key,
      );
    await page.keyboard.press("Control+7");
    const back = page.getByRole("switch", { name: "Hop back when it ends" });
    await back.focus();
    await page.keyboard.press("Space");
    await expect.poll(() => kept("hop_back")).toBe(false);
    await expect.poll(() => back.getAttribute("aria-checked")).toBe("false");
    await page.getByRole("radio", { name: "System" }).first().focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => chosen(page)).toEqual({ theme: "dark" });
    expect(await kept("theme")).toBe("dark");

    const change = page.getByRole("button", { name: /the shortcut$/ });
    await change.focus();
    await page.keyboard.press("Enter");
    await see(page, "Press the new keys together. Esc keeps Ctrl+Alt+B.");
    await page.keyboard.press("Escape");
    await see(page, "Wherever you are");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+Alt+x");
    await see(page, "Ctrl+Alt+X cannot be had: it is taken");
    expect(await kept("shortcut")).toBe("Ctrl+Alt+B");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+Alt+n");
    await expect.poll(() => kept("shortcut")).toBe("Ctrl+Alt+N");
    await shut(page);
  });
});

test("a browser's look stays, and letters do nothing once they are switched off", async () => {
  const page = await opened(browser, "index.html#/settings", { viewport: MAIN });
  await page.getByRole("radio", { name: "Roomy" }).click();
  await page.getByRole("radio", { name: "Light" }).click();
  await page.getByRole("switch", { name: "Single-key shortcuts" }).click();
  expect(await chosen(page)).toEqual({ theme: "light", rows: "roomy" });
  await page.keyboard.press("?");
  await page.keyboard.press("Control+1");
  await see(page, "Access");
  await page.keyboard.press("/");
  expect(await page.locator("dialog[open], input:focus").count()).toBe(0);
  await page.reload();
  expect(await chosen(page)).toEqual({ theme: "light", rows: "roomy" });
  await shut(page);
});
