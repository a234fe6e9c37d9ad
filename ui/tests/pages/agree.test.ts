import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { MAIN, bellhop, call, cleared, launch, opened, shut } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(cleared);

const open = (where: string) => opened(browser, where, { viewport: MAIN });
const SECOND = { timeout: 1000 };

interface Shown {
  status: string;
  extension?: { decision?: { what: string } };
}

/** Runs a command; from when the store says so, every window has a second to say it, too. */
async function changed(
  words: string[],
  number: string,
  is: (request: Shown) => boolean,
  windows: (() => Promise<unknown>)[],
): Promise<void> {
  bellhop(...words);
  await expect
    .poll(async () => is((await call("GET", `/requests/${number}`)) as Shown), { interval: 10 })
    .toBe(true);
  await Promise.all(windows.map((look) => look()));
}

function asked(target: string): string {
  const words = ["request", `k8s-demo/namespace/${target}`, "--reason", "INC-1"];
  return (JSON.parse(bellhop("-o", "json", ...words)) as { number: string }).number;
}

const has = (page: Page, row: string, text: string | RegExp) => () =>
  page.locator(row).getByText(text).first().waitFor(SECOND);

test("two windows agree with the terminal within a second: asked, approved, denied", async () => {
  const [access, approvals] = await Promise.all([
    open("index.html#/access"),
    open("index.html#/approvals"),
  ]);
  await Promise.all([access, approvals].map((page) => page.getByText("Connected").waitFor()));
  for (const [word, status, shown] of [
    ["approve", "active", /^Active|Ending soon/],
    ["deny", "denied", "Denied"],
  ] as const) {
    const number = asked("customer3:edit");
    await Promise.all([
      has(access, `#row-${number}`, "Pending")(),
      has(approvals, `#ask-${number}`, "customer3")(),
    ]);
    await changed([word, number, "--yes", "--note", "So"], number, (r) => r.status === status, [
      has(access, `#row-${number}`, shown),
      has(approvals, `#ask-${number}`, shown),
    ]);
  }
  await shut(access);
  await shut(approvals);
});

test("two windows agree with the terminal within a second: extended, ended", async () => {
  const number = asked("customer1:view");
  const [access, details] = await Promise.all([
    open("index.html#/access"),
    open(`index.html#/requests/${number}`),
  ]);
  await access.locator(`#row-${number}`).waitFor();
  await details.getByText("Access details").first().waitFor();
  await changed(["extend", number], number, (r) => r.extension?.decision?.what === "approved", [
    has(access, `#row-${number}`, /^(2 h|1 h 59 min)/),
    has(details, "main", "Extended by 1 hour"),
  ]);
  await changed(["end", number], number, (r) => r.status === "ended", [
    has(access, `#row-${number}`, "Returned"),
    has(details, "main", "Returned"),
  ]);
  await shut(access);
  await shut(details);
});

test("a page that nothing happens on asks nothing, for as long as it is open", async () => {
  const number = asked("customer1:view");
  const page = await opened(browser, "index.html#/access", { viewport: MAIN }, undefined, (page) =>
    page.clock.install(),
  );
  await page.locator(`#row-${number}`).waitFor();
  const calls: string[] = [];
  page.on("request", (request) => calls.push(request.url()));
  for (const [hash, text] of [
    ["#/access", "customer1"],
    ["#/approvals", "Nobody is waiting for you"],
    [`#/requests/${number}`, "Access details"],
    ["#/contexts", "Contexts"],
  ] as const) {
    await page.evaluate((to) => (location.hash = to), hash);
    await page.getByText(text).first().waitFor();
    do {
      calls.length = 0;
      await page.waitForTimeout(200);
    } while (calls.length > 0);
    // Ten minutes, tick by tick: whatever is asked by the clock is asked now.
    await page.clock.runFor("10:00");
    await page.waitForTimeout(100);
    expect(calls).toEqual([]);
  }
  bellhop("end", number);
  await expect.poll(() => calls.length).toBeGreaterThan(0);
  await shut(page);
});
