import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MAIN, accessible, launch } from "./page";
import { raised, run, type Stage } from "./stage";

// A Bellhop of its own that knows nothing yet, and a terminal beside it: what the pages say is typed
// there as it stands.

let browser: Browser;
let stage: Stage;
let strike: () => Promise<void>;
let folder: string;
beforeAll(async () => {
  ({ stage, strike } = await raised());
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), "bellhop-story-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(stage.bellhop, join(bin, "bellhop"));
  const found = process.env["KUBECTL_BIN"] ?? execFileSync("which", ["kubectl"]).toString().trim();
  symlinkSync(found, join(bin, "kubectl"));
});
afterAll(async () => {
  await browser.close();
  await strike();
  rmSync(folder, { recursive: true, force: true });
});

/** What a line comes to in a terminal of the same person. */
function typed(line: string): { status: number | null; out: string; err: string } {
  const env = {
    ...process.env,
    PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    KUBECONFIG: stage.kubeconfig,
    BELLHOP_HOME: stage.home,
    BELLHOP_NO_START: "1",
  };
  const done = spawnSync("sh", ["-c", line], { env, cwd: folder, encoding: "utf8" });
  return { status: done.status, out: done.stdout, err: done.stderr };
}

async function arrived(): Promise<Page> {
  const context = await browser.newContext({ viewport: MAIN, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => expect.fail(`the page made a mistake: ${error.stack ?? ""}`));
  const { bellhop, home, kubeconfig, pages } = stage;
  const printed = run(bellhop, home, kubeconfig, "-o", "json", "open", "--print");
  const { code } = JSON.parse(printed) as { code: string };
  await page.goto(`${pages}/index.html#code=${code}`);
  return page;
}

const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const said = async (page: Page, label: string) =>
  (await page.locator(".field", { hasText: label }).locator("code").first().textContent()) ?? "";

/** From the first page there is to a cluster that is Active. */
async function connected(page: Page): Promise<void> {
  await page.getByRole("heading", { name: /^Ring for access/ }).waitFor();
  await page.getByRole("link", { name: "Look around first" }).click();
  await page.getByRole("link", { name: "Integrations" }).click();
  await see(page, "Nothing is connected yet");
  await page.getByLabel("Search the catalog").fill("kuber");
  await page.getByRole("link", { name: /Kubernetes.*Connect/s }).click();
  await page.getByRole("heading", { name: "Connect Kubernetes" }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("k8s-demo");
  await see(page, "Ready to connect");
  await accessible(page);
  await page.getByRole("button", { name: "Connect", exact: false }).last().click();
  await page.getByRole("status").getByText("Active", { exact: true }).waitFor();
}

/** The flow that the page proposes, applied as it stands. */
async function allowed(page: Page): Promise<void> {
  const flow = await page.getByLabel("A first flow").last().textContent();
  const files = join(folder, "flows");
  mkdirSync(files);
  writeFileSync(join(files, "k8s-demo.toml"), flow ?? "");
  const applied = typed("bellhop apply flows --yes");
  expect(applied).toMatchObject({ status: 0 });
  await page.getByText("Nobody may ask for anything there yet.").waitFor({ state: "hidden" });
}

test("story A: from a catalog to kubectl, and out again", async () => {
  const page = await arrived();
  await connected(page);
  await see(page, "Nobody may ask for anything there yet.");
  await allowed(page);

  await page.keyboard.press("Control+k");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.type("customer1 edit");
  await see(page, /^Granted automatically\./);
  await page.getByRole("textbox", { name: /reason/i }).fill("Roll back the invoice worker");
  await see(page, /^Granted automatically until/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "customer1 is open for you" }).waitFor();
  await page.keyboard.press("Escape");

  await page.evaluate(() => (location.hash = "#/requests/R-1001"));
  await see(page, "Access details");
  const add = await said(page, "Add its context");
  expect(add).toBe("bellhop access R-1001 --add-context");
  const before = typed("kubectl config current-context").out;
  expect(typed(add)).toMatchObject({ status: 0 });
  expect(typed("kubectl config current-context").out).toBe(before);
  const look = await said(page, "Try it");
  expect(look).toContain("-n customer1");
  expect(typed(look)).toMatchObject({
    status: 0,
    out: expect.stringContaining("Running") as string,
  });
  const elsewhere = typed(look.replace("customer1", "customer2"));
  expect(elsewhere.status).not.toBe(0);
  expect(elsewhere.err).toMatch(/forbidden/i);

  await page.getByRole("button", { name: /^End now/ }).click();
  await see(page, "Returned");
  const after = typed(look);
  expect(after.status).not.toBe(0);
  expect(after.err).not.toBe("");
  expect(typed(add).status).not.toBe(0);
  await expect
    .poll(() => typed("kubectl config get-contexts -o name").out)
    .not.toContain("bellhop-k8s-demo");
  await page.context().close();
});
