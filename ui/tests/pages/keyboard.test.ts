import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MAIN, call, cleared, launch, opened, shut } from "./page";

// What can be done on several pages is done by keys on each of them.

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(cleared);

interface Made {
  number: string;
}
const ask = (target: string) =>
  call("POST", "/requests", {
    targets: [`k8s-demo/namespace/${target}`],
    reason: "INC-1",
  }) as Promise<Made>;
const open = (where: string) => opened(browser, where, { viewport: MAIN });
const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
/** Goes to what keys act on, as somebody without a mouse does. */
async function reach(page: Page, selector: string): Promise<void> {
  const wanted = page.locator(selector).first();
  const there = () => wanted.evaluate((each) => each === document.activeElement);
  for (let left = 40; left > 0 && !(await there()); left -= 1) await page.keyboard.press("Tab");
  expect(await there()).toBe(true);
}
const stored = async (number: string) =>
  (await call("GET", `/requests/${number}`)) as { status: string; extension?: unknown };

describe("by keys alone", () => {
  test.each(["access", "approvals", "requests/NUMBER", "contexts", "nowhere"])(
    "request from %s",
    async (where) => {
      const { number } = await ask("customer1:view");
      const page = await open(`index.html#/${where.replace("NUMBER", number)}`);
      await see(page, "Connected");
      await page.keyboard.press("Control+k");
      await page.getByRole("option").first().waitFor();
      await page.keyboard.type("customer2 view");
      await see(page, /^Granted automatically until/);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "customer2 is open for you" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await shut(page);
    },
  );

  test.each(["approvals/NUMBER", "requests/NUMBER"])("approve on %s", async (where) => {
    const { number } = await ask("customer3:edit");
    const page = await open(`index.html#/${where.replace("NUMBER", number)}`);
    await see(page, "INC-1");
    if (where.startsWith("approvals")) await reach(page, `#ask-${number}`);
    await page.keyboard.press("a");
    await expect.poll(async () => (await stored(number)).status).toMatch(/granting|active/);
    await shut(page);
  });

  test.each(["approvals/NUMBER", "requests/NUMBER"])("deny on %s", async (where) => {
    const { number } = await ask("customer3:edit");
    const page = await open(`index.html#/${where.replace("NUMBER", number)}`);
    await see(page, "INC-1");
    if (where.startsWith("approvals")) await reach(page, `#ask-${number}`);
    await page.keyboard.press("d");
    await see(page, /^Say why in a few words/);
    await page.keyboard.type("Not now");
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await stored(number)).status).toBe("denied");
    await shut(page);
  });

  test.each(["access", "requests/NUMBER"])("extend and end on %s", async (where) => {
    const { number } = await ask("customer1:view");
    const page = await open(`index.html#/${where.replace("NUMBER", number)}`);
    await see(page, `bellhop access ${number} --add-context`);
    if (where === "access") await reach(page, `#row-${number}`);
    await page.keyboard.press("e");
    await expect.poll(async () => (await stored(number)).extension).toBeTruthy();
    await page.keyboard.press("x");
    await expect.poll(async () => (await stored(number)).status).toBe("ended");
    await shut(page);
  });
});
