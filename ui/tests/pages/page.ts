import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { expect, inject } from "vitest";
import { run } from "./stage";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export function launch(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_BIN"] ?? CHROMIUM.find((file) => existsSync(file));
  if (!executablePath) throw new Error("there is no chromium: install it, or set CHROMIUM_BIN");
  // Root has no sandbox.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args });
}

export function bellhop(...words: string[]): string {
  const { bellhop: program, home, kubeconfig } = inject("stage");
  return run(program, home, kubeconfig, ...words);
}

/** A call as another client of the same person makes it. */
export async function call(method: string, path: string, body?: object): Promise<unknown> {
  const { address, code } = JSON.parse(bellhop("-o", "json", "open", "--print")) as {
    address: string;
    code: string;
  };
  const json = { "Content-Type": "application/json" };
  const session = { method: "POST", headers: json, body: JSON.stringify({ code }) };
  const { token } = (await (await fetch(`${address}/api/v1/session`, session)).json()) as {
    token: string;
  };
  const init: RequestInit = { method, headers: { ...json, Authorization: `Bearer ${token}` } };
  if (body) init.body = JSON.stringify(body);
  return (await fetch(`${address}/api/v1${path}`, init)).json();
}

export const PALETTE = { width: 680, height: 460 };
export const MAIN = { width: 1100, height: 740 };

/** Opens a page of the built pages, signed in, and fails the test when the page makes a mistake. */
export async function opened(
  browser: Browser,
  where: string,
  options: BrowserContextOptions = {},
  /** Stands where stored reasons say PLACE. */
  reason?: string,
  /** What is done before anything is loaded. */
  before?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const context = await browser.newContext({
    viewport: PALETTE,
    reducedMotion: "reduce",
    ...options,
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  // What is on its way can be cut off, as when a backend dies.
  await page.addInitScript(() => {
    let cut = new AbortController();
    const real = window.fetch.bind(window);
    window.fetch = (input, init) => real(input, { ...init, signal: cut.signal });
    addEventListener("cut", () => {
      cut.abort();
      cut = new AbortController();
    });
  });
  page.setDefaultTimeout(15_000);
  await before?.(page);
  if (reason !== undefined) {
    await page.route(/\/api\/v1\/requests/, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replaceAll('"PLACE"', JSON.stringify(reason));
      await route.fulfill({ response, body });
    });
  }
  page.on("pageerror", (error) => expect.fail(`the page made a mistake: ${error.stack ?? ""}`));
  page.on("console", (message) => {
    if (/Content Security Policy|\[svelte\]/.test(message.text())) expect.fail(message.text());
  });
  const { code } = JSON.parse(bellhop("-o", "json", "open", "--print")) as { code: string };
  const [file, to] = where.split("#");
  const after = to === undefined ? "" : `&page=${to}`;
  await page.goto(`${inject("stage").pages}/${file}#code=${code}${after}`);
  return page;
}

/** Closes a page, whatever of its calls is still on its way. */
export async function shut(page: Page): Promise<void> {
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.context().close();
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails when axe finds something, in the theme that the page has. */
export async function accessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document);
    return violations.map((each) => ({
      id: each.id,
      what: each.help,
      where: each.nodes.map((node) => `${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`),
    }));
  });
  expect(found).toEqual([]);
}

/** Nothing reaches over the page's edge, or over that of a box that would cut it off. */
export async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => {
    const cut = [...document.querySelectorAll("body *")].filter((each) => {
      const { overflowX, textOverflow } = getComputedStyle(each);
      const hides = overflowX !== "visible" && textOverflow !== "ellipsis";
      return (
        hides &&
        each.tagName !== "INPUT" &&
        !each.classList.contains("sr") &&
        each.scrollWidth > each.clientWidth + 1
      );
    });
    const page = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
    return [...page, ...cut.map((each) => each.outerHTML.slice(0, 120))];
  });
  expect(over).toEqual([]);
}

/** Withdraws and ends everything, so that the next test finds nothing. */
export async function cleared(): Promise<void> {
  const { items } = (await call("GET", "/requests?open=true&limit=200")) as {
    items: { number: string; status: string }[];
  };
  for (const { number, status } of items) {
    await call("POST", `/requests/${number}/${status === "pending" ? "withdraw" : "end"}`, {});
  }
}
