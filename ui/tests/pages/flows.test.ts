import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAIN, accessible, fits, launch, opened, shut } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

describe.each(["light", "dark"] as const)("flows, %s", (theme) => {
  test("each as a sentence and as its file has it; nothing that axe finds", async () => {
    const page = await opened(browser, "index.html#/flows", { viewport: MAIN, colorScheme: theme });
    await see(page, "Looking at customers");
    await see(page, "Granted automatically");
    await page.locator("#flow-change").focus();
    await see(page, /Somebody has to say yes/);
    await see(page, "Flows are changed in files: bellhop plan, bellhop apply.");
    await page.keyboard.press("ArrowDown");
    await see(page, /It is/);
    await page.getByRole("button", { name: "Show as TOML" }).click();
    await see(page, /\[\[flow\]\]/);
    await accessible(page);
    for (const size of [MAIN, { width: 960, height: 640 }, { width: 390, height: 780 }]) {
      await page.setViewportSize(size);
      await fits(page);
    }
    await shut(page);
  });
});

test("names of others are text, nothing matching and no answer are said", async () => {
  const page = await opened(browser, "index.html#/access", { viewport: MAIN });
  await see(page, "Request access");
  const hostile = `<img src=x onerror="document.title='owned'"> \u202egpj.exe\u202c \u200b${"x".repeat(4000)}`;
  await page.route("**/api/v1/flows", async (route) => {
    const response = await route.fetch();
    const text = (await response.text()).replaceAll(
      '"Changing customers"',
      JSON.stringify(hostile),
    );
    await route.fulfill({ response, body: text });
  });
  await page.evaluate(() => (location.hash = "#/flows/change"));
  await see(page, "U+202E");
  expect(await page.title()).not.toBe("owned");
  expect(await page.locator("img, script:not([src])").count()).toBe(0);
  await fits(page);
  await page.getByPlaceholder("Find a flow").fill("nothing like it");
  await see(page, "No flow matches");
  await page.route("**/api/v1/flows", (route) => route.abort());
  await page.evaluate(() => (location.hash = "#/access"));
  await page.evaluate(() => (location.hash = "#/flows"));
  await see(page, "The flows could not be read");
  await accessible(page);
  await shut(page);
});
