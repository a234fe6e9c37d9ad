import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MAIN, accessible, bellhop, call, cleared, fits, launch, opened, shut } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(cleared);

interface Made {
  number: string;
  seen: string;
}
const ask = (target: string, reason: string) =>
  call("POST", "/requests", { targets: [`k8s-demo/namespace/${target}`], reason }) as Promise<Made>;
const open = (where: string, theme: "light" | "dark" = "light") =>
  opened(browser, where, { viewport: MAIN, colorScheme: theme });
const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const status = async (number: string) =>
  ((await call("GET", `/requests/${number}`)) as { status: string }).status;

describe.each(["light", "dark"] as const)("every page, %s, has nothing that axe finds", (theme) => {
  test("the main window", async () => {
    bellhop("request", "k8s-demo/namespace/customer1:view", "--reason", "look", "--wait");
    const waiting = await ask("customer3:edit", "Roll back the invoice worker");
    const page = await open("index.html", theme);
    const pages = [
      ["#/access", "customer1"],
      ["#/approvals", "for edit on customer3"],
      [`#/requests/${waiting.number}`, "What happened"],
      ["#/trouble/tray", "StatusNotifier"],
      ["#/trouble/shortcut", "bellhop open --palette"],
      ["#/nowhere", "leads nowhere"],
    ];
    for (const [hash, text = ""] of pages) {
      await page.evaluate((to) => (location.hash = to ?? ""), hash);
      await see(page, new RegExp(text));
      await accessible(page);
      await fits(page);
    }
    await page.setViewportSize({ width: 390, height: 780 });
    await page.evaluate(() => (location.hash = "#/approvals"));
    await see(page, /for edit on customer3/);
    await fits(page);
    await shut(page);
  });

  test("the palette", async () => {
    const page = await opened(browser, "palette.html", { colorScheme: theme });
    await page.getByRole("option").first().waitFor();
    await accessible(page);
    await page.keyboard.type("customer2 view");
    await see(page, /^Granted automatically until/);
    await accessible(page);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "customer2 is open for you" }).waitFor();
    await accessible(page);
    await page.keyboard.press("Control+n");
    await page.keyboard.type("nothing at all");
    await see(page, /No flow lets you request it/);
    await accessible(page);
    const made = await ask("customer3:edit", "why");
    await page.goto("about:blank");
    const sent = await opened(browser, `palette.html#/${made.number}`, { colorScheme: theme });
    await see(sent, /^Waiting for/);
    await accessible(sent);
    await call("POST", `/requests/${made.number}/deny`, { seen: made.seen, note: "no" });
    await see(sent, /said no to edit/);
    await accessible(sent);
    await shut(sent);
    await shut(page);
  });
});

describe("by keyboard alone", () => {
  test("approve", async () => {
    const { number } = await ask("customer3:edit", "INC-1");
    const page = await open("index.html#/approvals");
    await page.locator(`#ask-${number}`).focus();
    await page.keyboard.press("n");
    await page.keyboard.type("Go ahead");
    await page.keyboard.press("Escape");
    await page.keyboard.press("a");
    await see(page, /^You approved/);
    expect(await call("GET", `/requests/${number}`)).toMatchObject({
      decision: { what: "approved", note: "Go ahead" },
    });
    await shut(page);
  });

  test("deny, with a note that is asked for", async () => {
    const { number } = await ask("customer3:edit", "INC-1");
    const page = await open(`index.html#/requests/${number}`);
    await see(page, "What happened");
    await page.keyboard.press("d");
    await see(page, /^Say why in a few words/);
    expect(await status(number)).toBe("pending");
    await page.keyboard.type("Not now");
    await page.keyboard.press("Enter");
    await see(page, /^Denied by you/);
    expect(await status(number)).toBe("denied");
    await shut(page);
  });

  test("extend, end, and ask again", async () => {
    const made = await ask("customer1:view", "look");
    const page = await open("index.html#/access");
    const row = page.locator(`#row-${made.number}`);
    await row.focus();
    await see(page, `bellhop access ${made.number} --add-context`);
    await page.keyboard.press("Enter");
    await see(page, "Access details");
    await page.keyboard.press("e");
    await see(page, "Extended by 1 hour");
    await page.keyboard.press("x");
    await see(page, "Returned by you");
    await see(page, /^Removed$/);
    expect(await status(made.number)).toBe("ended");
    await page.keyboard.press("r");
    await page.waitForURL((url) => !url.hash.endsWith(made.number));
    await see(page, "Access details");
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Access", exact: true }).waitFor();
    await shut(page);
  });
});

test("somebody answers first: nothing is done twice, and it says who", async () => {
  const made = await ask("customer3:edit", "INC-1");
  const page = await open("index.html#/approvals");
  await see(page, /for edit on customer3/);
  await call("POST", `/requests/${made.number}/deny`, { seen: made.seen, note: "no" });
  await see(page, /^You denied/);
  expect(await page.getByRole("button", { name: "Approve" }).count()).toBe(0);
  await shut(page);
});

test("without the backend it says so, keeps what it had, and comes back by itself", async () => {
  bellhop("request", "k8s-demo/namespace/customer1:view", "--reason", "look", "--wait");
  const page = await open("index.html#/access");
  await see(page, "customer1");
  await page.route("**/api/**", (route) => route.abort());
  await page.evaluate(() => dispatchEvent(new Event("cut")));
  await see(page, "Bellhop cannot reach its backend.");
  await see(page, "Offline");
  await see(page, "customer1");
  await accessible(page);
  await page.unroute("**/api/**");
  await page.getByText("Bellhop cannot reach its backend.").waitFor({ state: "detached" });
  await see(page, "Connected");
  await shut(page);
});

test("without the backend the palette says so, and goes on by itself", async () => {
  const page = await opened(browser, "palette.html");
  await page.getByRole("option").first().waitFor();
  await page.route("**/api/**", (route) => route.abort());
  await page.evaluate(() => dispatchEvent(new Event("cut")));
  await see(page, "New requests must wait.");
  await accessible(page);
  await page.unroute("**/api/**");
  await page.getByText("New requests must wait.").waitFor({ state: "detached" });
  await page.keyboard.type("customer2 view");
  await see(page, /^Granted automatically until/);
  await shut(page);
});

test("a code is good once: the next page says how to get another", async () => {
  const page = await open("index.html");
  await see(page, "Connected");
  const other = await page.context().newPage();
  await other.goto(page.url().replace(/#.*/, "#code=0000"));
  await see(other, "This page is signed out");
  await see(other, "bellhop open");
  await other.reload();
  await see(other, "This page is signed out");
  await shut(page);
});

test("the palette opens over the main window and gives the focus back", async () => {
  const page = await open("index.html#/access");
  await see(page, "Request access");
  const button = page.locator("button.ask");
  await button.focus();
  await page.keyboard.press("Control+k");
  await page.getByRole("option").first().waitFor();
  expect(await page.evaluate(() => document.activeElement?.role)).toBe("combobox");
  await accessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect(await page.evaluate(() => document.activeElement?.className)).toContain("ask");
  await shut(page);
});
