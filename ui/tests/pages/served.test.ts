import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { MAIN, accessible, bellhop, call, cleared, fits, launch, opened, shut } from "./page";
import { run } from "./stage";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(cleared);

const out = "This page is signed out";
const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

test("every file of the pages is served as what it is, and as strictly as the app does", async () => {
  const { pages } = inject("stage");
  const kinds: Record<string, string> = {
    html: "text/html; charset=utf-8",
    js: "text/javascript; charset=utf-8",
    css: "text/css; charset=utf-8",
    svg: "image/svg+xml",
    txt: "text/plain; charset=utf-8",
    woff2: "font/woff2",
  };
  const files = readdirSync("dist", { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).replace(/^dist\//, ""));
  expect(files.length).toBeGreaterThan(10);
  const conf = JSON.parse(readFileSync("../tauri.conf.json", "utf8")) as {
    app: { security: { csp: string } };
  };
  const policy = conf.app.security.csp.replace(/connect-src [^;]*/, "connect-src 'self'");
  for (const file of files) {
    const answer = await fetch(`${pages}/${file}`);
    expect(answer.status, file).toBe(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.equals(readFileSync(join("dist", file))), file).toBe(true);
    const kind = answer.headers.get("content-type");
    expect(kind, file).toBe(kinds[file.split(".").at(-1) ?? ""]);
    expect(answer.headers.get("content-security-policy")).toBe(policy);
    const kept = file.startsWith("assets/") ? /immutable/ : /^no-cache$/;
    expect(answer.headers.get("cache-control"), file).toMatch(kept);
    const known = { "If-None-Match": answer.headers.get("etag") ?? "" };
    expect((await fetch(`${pages}/${file}`, { headers: known })).status, file).toBe(304);
  }
});

test("the address that is printed leads to what was asked for, and a page that is loaded again says how to come back", async () => {
  const made = (await call("POST", "/requests", {
    targets: ["k8s-demo/namespace/customer1:view"],
  })) as { number: string };
  const address = bellhop("open", "--print", made.number).trim();
  const context = await browser.newContext({ viewport: MAIN });
  const page = await context.newPage();
  await page.goto(address);
  await see(page, "Access details");
  expect(page.url()).toBe(`${inject("stage").pages}/#/requests/${made.number}`);
  await page.reload();
  await see(page, out);
  await see(page, /until the page is loaded again/);
  await see(page, `bellhop open --browser ${made.number}`);
  await accessible(page);
  await fits(page);
  const other = await context.newPage();
  await other.goto(address);
  await see(other, out);
  await see(other, /good once and for 30 seconds/);
  await context.close();
});

test("the palette is signed out in the same words", async () => {
  const page = await opened(browser, "palette.html");
  await page.getByRole("option").first().waitFor();
  await page.reload();
  await see(page, out);
  await see(page, "bellhop open --browser --palette");
  await accessible(page);
  await shut(page);
});

test("a backend that is gone leaves no page that waits for ever", async () => {
  const { bellhop: program, kubeconfig } = inject("stage");
  const home = mkdtempSync(join(tmpdir(), "bellhop-gone-"));
  const serve = () => spawn(program, ["--home", home, "serve"], { stdio: "ignore" });
  const backend = serve();
  let next: ReturnType<typeof serve> | undefined;
  try {
    const address = run(program, home, kubeconfig, "open", "--print").trim();
    const context = await browser.newContext({ viewport: MAIN });
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(address);
    // Nothing was ever connected there.
    await see(page, "Ring for access.");
    const ended = new Promise((done) => backend.once("exit", done));
    backend.kill("SIGTERM");
    await ended;
    await see(page, "Bellhop cannot reach its backend.");
    // It starts again, at another port: the page cannot know it.
    next = serve();
    run(program, home, kubeconfig, "status");
    await expect
      .poll(
        async () => {
          await page.clock.runFor(1000);
          return page.getByText(out).count();
        },
        { interval: 50, timeout: 15_000 },
      )
      .toBe(1);
    await see(page, /Nobody answers where this page came from/);
    await see(page, "bellhop open --browser");
    await page.goto(run(program, home, kubeconfig, "open", "--print").trim());
    await see(page, "Ring for access.");
    await context.close();
  } finally {
    const last = next ?? backend;
    const ended = new Promise((done) => last.once("exit", done));
    last.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
});
