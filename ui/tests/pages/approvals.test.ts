import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MAIN, accessible, call, cleared, fits, launch, opened, shut } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(cleared);

const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const ask = (reason: string) =>
  call("POST", "/requests", {
    targets: ["k8s-demo/namespace/customer3:edit"],
    reason,
  }) as Promise<{ number: string; seen: string }>;
const status = async (number: string) =>
  ((await call("GET", `/requests/${number}`)) as { status: string }).status;

describe.each(["light", "dark"] as const)("approvals, %s", (theme) => {
  test("waiting, answered and all are tabs, by keyboard too", async () => {
    const denied = await ask("answered before");
    await call("POST", `/requests/${denied.number}/deny`, { seen: denied.seen, note: "no" });
    const waiting = await ask("waits still");
    const page = await opened(browser, "index.html#/approvals", {
      viewport: MAIN,
      colorScheme: theme,
    });
    await page.locator(`#ask-${waiting.number}`).waitFor();
    await accessible(page);
    await page.getByRole("radio", { name: "Waiting 1" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.locator(`#ask-${waiting.number}`).waitFor({ state: "detached" });
    await page.locator(`#ask-${denied.number}`).waitFor();
    await accessible(page);
    await page.keyboard.press("ArrowRight");
    await page.locator(`#ask-${waiting.number}`).waitFor();
    for (const size of [MAIN, { width: 960, height: 640 }, { width: 390, height: 780 }]) {
      await page.setViewportSize(size);
      await fits(page);
    }
    await shut(page);
  });
});

test("what is of production is approved only with a second Enter", async () => {
  const page = await opened(browser, "index.html#/approvals", { viewport: MAIN });
  await see(page, "Nobody is waiting for you");
  await page.route(/\/api\/v1\/requests/, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replaceAll("namespace/customer3", "namespace/prod-db");
    await route.fulfill({ response, body });
  });
  const made = await ask("INC-1");
  await page.locator(`#ask-${made.number}`).waitFor();
  await page.locator(`#ask-${made.number}`).focus();
  await see(page, /for edit on prod-db/);
  await page.keyboard.press("a");
  await see(page, "Enter again: production");
  expect(await status(made.number)).toBe("pending");
  await page.keyboard.press("Enter");
  await see(page, /^You approved/);
  expect(await status(made.number)).not.toBe("pending");
  await shut(page);
});

test("an approver gives less time than was asked for, by keyboard", async () => {
  const made = await ask("for the invoices");
  const page = await opened(browser, "index.html#/approvals", { viewport: MAIN });
  await page.locator(`#ask-${made.number}`).waitFor();
  await see(page, "(30 minutes)");
  await page.getByRole("radio", { name: "30 minutes", exact: true }).focus();
  await page.keyboard.press("ArrowLeft");
  await see(page, "(15 minutes of the 30 minutes asked for)");
  await accessible(page);
  await page.getByRole("button", { name: "Approve for 15 minutes" }).focus();
  await page.keyboard.press("Enter");
  await see(page, /^You approved/);
  const { decision } = (await call("GET", `/requests/${made.number}`)) as {
    decision: { shorter_seconds: number };
  };
  expect(decision.shorter_seconds).toBe(900);
  await page.goto(page.url().replace(/#.*/, `#/requests/${made.number}`));
  await see(page, "For 15 minutes, less than was asked for");
  await shut(page);
});

test("somebody else's access is revoked with a note, by keyboard", async () => {
  const { handle } = (await call("GET", "/me")) as { handle: string };
  const made = await ask("left open");
  await call("POST", `/requests/${made.number}/approve`, { seen: made.seen });
  await expect.poll(() => status(made.number)).toBe("active");
  const page = await opened(browser, "index.html#/approvals", { viewport: MAIN });
  await page.route(/\/api\/v1\/requests/, async (route) => {
    const response = await route.fetch();
    const told = await response.text();
    const body = told.replaceAll(`"requester":"${handle}"`, '"requester":"jun"');
    await route.fulfill({ response, body });
  });
  await page.goto(page.url().replace(/#.*/, `#/requests/${made.number}`));
  await page.getByRole("button", { name: /^Revoke/ }).waitFor();
  await page.keyboard.press("x");
  const note = page.getByRole("textbox", { name: /^Note to jun/ });
  await note.waitFor();
  await accessible(page);
  await page.keyboard.press("Escape");
  await note.waitFor({ state: "detached" });
  expect(await status(made.number)).toBe("active");
  await page.keyboard.press("Enter");
  await page.keyboard.type("The incident is closed.");
  await page.keyboard.press("Enter");
  await see(page, /^Removed$/);
  await see(page, "The incident is closed.");
  await shut(page);
});
