import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MAIN, accessible, bellhop, call, cleared, fits, launch, opened, shut } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(cleared);

const open = (where = "index.html#/activity", theme: "light" | "dark" = "light") =>
  opened(browser, where, { viewport: MAIN, colorScheme: theme });
const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const ask = (reason: string) =>
  call("POST", "/requests", {
    targets: ["k8s-demo/namespace/customer3:edit"],
    reason,
  }) as Promise<{ number: string; seen: string }>;

/** As many rows as nobody writes by hand, in answers like the backend's. */
async function many(page: Page, count: number): Promise<void> {
  await page.route(/\/api\/v1\/audit\?/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const before = Number(query.get("cursor") ?? count + 1);
    if (query.has("after")) return route.fulfill({ json: { items: [], next: null } });
    const from = Math.max(1, before - Number(query.get("limit")));
    const items = Array.from({ length: before - from }, (_, index) => ({
      event: {
        seq: from + index,
        at: "2026-11-21T10:00:00Z",
        kind: "grant.active",
        actor: { kind: "system" },
        subject: { kind: "grant", number: "R-1001", target: "k8s-demo/namespace/customer1:view" },
        before: { state: "verifying" },
        after: { state: "active" },
      },
      hash: "0f",
      targets: ["k8s-demo/namespace/customer1:view"],
    }));
    return route.fulfill({ json: { items, next: from > 1 ? String(from) : null } });
  });
}

describe.each(["light", "dark"] as const)("activity, %s", (theme) => {
  test("the log, its entry and its badge have nothing that axe finds", async () => {
    const made = await ask("Roll back the invoice worker");
    await call("POST", `/requests/${made.number}/deny`, { seen: made.seen, note: "Not now" });
    const page = await open("index.html#/activity", theme);
    await see(page, "Denied");
    await see(page, "Log intact");
    await accessible(page);
    for (const size of [MAIN, { width: 960, height: 640 }, { width: 390, height: 780 }]) {
      await page.setViewportSize(size);
      await fits(page);
    }
    await page.setViewportSize(MAIN);
    await page.getByText("Denied").first().click();
    await see(page, "Before and after");
    await see(page, "Fingerprint");
    await accessible(page);
    await fits(page);
    await shut(page);
  });
});

test("by keyboard alone: narrow down, open an entry, verify, and export", async () => {
  const made = await ask("INC-4312");
  const page = await open();
  await see(page, "Log intact");
  await page.keyboard.press("/");
  await page.keyboard.type(made.number);
  await page.getByText("Asked for").first().waitFor();
  await expect.poll(() => page.locator("[id^=entry-][role=row]").count()).toBe(1);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.locator("[id^=entry-][role=row]").first().focus();
  await page.keyboard.press("Enter");
  await see(page, "Fingerprint");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("v");
  await see(page, "Log intact");
  const download = page.waitForEvent("download");
  await page.keyboard.press("Control+e");
  const file = await (await download).path();
  expect(readFileSync(file, "utf8").split("\n")[0]).toMatch(/^\{"hash":"[0-9a-f]{64}","event":/);
  await page.keyboard.press("f");
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("SELECT");
  await shut(page);
});

test("filters are the backend's, and nothing that matches is said", async () => {
  await ask("INC-1");
  const page = await open();
  await see(page, "Asked for");
  await page.getByLabel("What").selectOption("integration");
  await page.getByText("Asked for").first().waitFor({ state: "detached" });
  await page.getByLabel("What").selectOption("");
  await page.getByPlaceholder("Search").fill("nothing at all like it");
  await see(page, "Nothing in the log matches");
  await accessible(page);
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await see(page, "Asked for");
  await shut(page);
});

test("what the command line does is on top within a second", async () => {
  const page = await open();
  await see(page, "Log intact");
  const began = Date.now();
  bellhop("request", "k8s-demo/namespace/customer1:view", "--reason", "look at it live", "--wait");
  await page.getByText("Granted").first().waitFor();
  expect(Date.now() - began).toBeLessThan(4_000);
  await shut(page);
});

test("ten thousand rows scroll, and few of them are drawn", async () => {
  const page = await open("index.html#/access");
  await see(page, "Request access");
  await many(page, 10_000);
  await page.evaluate(() => (location.hash = "#/activity"));
  await page.locator("#entry-10000").waitFor();
  // To the very end, as fast as pages come.
  for (let left = 200; left > 0; left -= 1) {
    const done = await page.evaluate(() => {
      const body = document.querySelector(".body");
      body?.scrollTo({ top: body.scrollHeight });
      return document.querySelector("#entry-1") !== null;
    });
    if (done) break;
    await page.waitForTimeout(25);
  }
  await page.locator("#entry-1").waitFor();
  expect(await page.locator("[id^=entry-][role=row]").count()).toBeLessThan(150);
  await shut(page);
});

test("a broken log says where, and opens the entry", async () => {
  const page = await open();
  await see(page, "Log intact");
  await page.route("**/api/v1/audit/verify", (route) =>
    route.fulfill({ json: { intact: false, seq: 2, head: null, why: "its hash does not fit" } }),
  );
  await page.locator("body").press("v");
  await page.getByRole("button", { name: /Log broken at #2/ }).click();
  await see(page, "Fingerprint");
  await accessible(page);
  await shut(page);
});

test("reasons and notes of others are text, and nothing else", async () => {
  const reasons = [
    `<img src=x onerror="document.title='owned'"><b>bold</b>`,
    "a".repeat(4000),
    "שלום עולם",
  ];
  for (const reason of reasons) await ask(reason);
  const page = await open();
  await see(page, "Asked for");
  const rows = page.locator("[id^=entry-][role=row]").filter({ hasText: "Asked for" });
  for (let index = 0; index < reasons.length; index += 1) {
    await rows.nth(index).click();
    await see(page, "Fingerprint");
    expect(await page.title()).not.toBe("owned");
    expect(await page.locator("img, script:not([src])").count()).toBe(0);
    await fits(page);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  }
  await shut(page);
});
