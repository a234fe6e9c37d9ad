import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MAIN, call, cleared, launch, opened, shut } from "./page";
import { crowd } from "./crowd";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
  await cleared();
});
afterAll(() => browser.close());

const TOTAL = 10_000;
const shown = (page: Page) => page.locator("li[id^=row-]").count();

test("10,000 rows: only those near to what can be seen are drawn, and keys go everywhere", async () => {
  const made = await call("POST", "/requests", {
    targets: ["k8s-demo/namespace/customer1:view"],
  });
  const page = await opened(browser, "index.html#/access", { viewport: MAIN }, undefined, (page) =>
    crowd(page, made as object, TOTAL),
  );
  const row = (at: number) => page.locator(`#row-R-${100_000 + at}`);
  await row(0).waitFor();
  await page.getByText("10000 active").first().waitFor();
  expect(await shown(page)).toBeLessThan(60);
  await row(0).focus();
  await page.keyboard.press("End");
  await row(TOTAL - 1).waitFor();
  expect(await row(TOTAL - 1).evaluate((each) => each === document.activeElement)).toBe(true);
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => row(TOTAL - 2).evaluate((e) => e === document.activeElement)).toBe(true);
  expect(await shown(page)).toBeLessThan(60);
  // Scrolled away, the row that keys act on is still there, and they bring it back.
  await page.mouse.move(600, 400);
  await page.mouse.wheel(0, -200_000);
  const first = () => page.locator("li[id^=row-]").first().getAttribute("id");
  await expect.poll(async () => Number((await first())?.slice(6)) - 100_000).toBeLessThan(9000);
  await expect.poll(() => row(TOTAL - 2).evaluate((e) => e === document.activeElement)).toBe(true);
  await page.keyboard.press("Home");
  await row(0).waitFor();
  await expect.poll(() => row(0).evaluate((e) => e === document.activeElement)).toBe(true);
  expect(await row(0).isVisible()).toBe(true);
  await shut(page);
});
