import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { MAIN, accessible, bellhop, call, cleared, fits, launch, opened, shut } from "./page";

let browser: Browser;
let before: string;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  await cleared();
  before = readFileSync(inject("stage").kubeconfig, "utf8");
});
afterEach(() => writeFileSync(inject("stage").kubeconfig, before));

const open = (theme: "light" | "dark" = "light") =>
  opened(browser, "index.html#/contexts", { viewport: MAIN, colorScheme: theme });
const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const row = (page: Page, name: string) => page.locator(`li[data-name="${name}"]`);
const current = (page: Page, name: string) =>
  row(page, name).getByText("Current", { exact: true }).waitFor();

interface Kubeconfig {
  clusters: object[];
  contexts: object[];
  "current-context": string;
}
const read = () => JSON.parse(readFileSync(inject("stage").kubeconfig, "utf8")) as Kubeconfig;

/** Puts contexts beside those that are there, as somebody else would. */
function added(...names: string[]): void {
  const config = read();
  const server = "https://ada:secret@k8s.example.com:6443";
  for (const name of names) {
    config.clusters.push({ name, cluster: { server } });
    config.contexts.push({ name, context: { cluster: name, user: name, namespace: "web" } });
  }
  writeFileSync(inject("stage").kubeconfig, JSON.stringify(config, null, 2));
}

async function granted(): Promise<string> {
  const said = bellhop(
    ...["-o", "json", "request", "k8s-demo/namespace/customer1:view", "--reason", "look", "--wait"],
  );
  const { number } = JSON.parse(said) as { number: string };
  bellhop("access", number, "--add-context");
  return number;
}

describe.each(["light", "dark"] as const)("contexts, %s", (theme) => {
  test("Bellhop's own first with the time left, then one's own; nothing that axe finds", async () => {
    added("minikube", "prod-admin");
    await granted();
    const page = await open(theme);
    await see(page, "Made by Bellhop");
    await see(page, "Your own");
    // The requests may come after the contexts.
    await row(page, "bellhop-k8s-demo").getByText("view in customer1").waitFor();
    expect(await row(page, "bellhop-k8s-demo").getByRole("meter").count()).toBe(1);
    expect(await row(page, "prod-admin").getByText("Production").count()).toBe(1);
    expect(await page.getByText("secret").count()).toBe(0);
    await current(page, "sample");
    await accessible(page);
    for (const size of [MAIN, { width: 960, height: 640 }, { width: 390, height: 780 }]) {
      await page.setViewportSize(size);
      await fits(page);
    }
    await accessible(page);
    await shut(page);
  });
});

test("by keyboard alone: there, back, and copying the command", async () => {
  added("minikube");
  const page = await open();
  await row(page, "minikube").focus();
  await page.keyboard.press("Enter");
  await current(page, "minikube");
  expect(read()["current-context"]).toBe("minikube");
  await page.keyboard.press("h");
  await current(page, "sample");
  await page.keyboard.press("c");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^bellhop use (minikube|sample)$/);
  await page.keyboard.press("/");
  await page.keyboard.type("nothing like it");
  await see(page, "No context matches");
  await shut(page);
});

test("p23_a_context_of_production_becomes_current_only_with_a_second_enter", async () => {
  added("prod-admin");
  const page = await open();
  await row(page, "prod-admin").focus();
  await page.keyboard.press("Enter");
  await see(page, "Enter again: production");
  expect(read()["current-context"]).toBe("sample");
  await page.keyboard.press("Enter");
  await current(page, "prod-admin");
  await shut(page);
});

test("what the command line and others change shows within a second", async () => {
  added("minikube");
  const page = await open();
  await current(page, "sample");
  const began = Date.now();
  bellhop("use", "minikube");
  await current(page, "minikube");
  added("kind-dev");
  await row(page, "kind-dev").waitFor();
  expect(Date.now() - began).toBeLessThan(2_000);
  await shut(page);
});

test("a file that does not read is named, and when it cannot be written nothing is done", async () => {
  const { kubeconfig } = inject("stage");
  added("minikube");
  const page = await open();
  await current(page, "sample");
  writeFileSync(kubeconfig, "contexts: [\n");
  await see(page, /does not read, so its contexts are not listed/);
  await accessible(page);
  writeFileSync(kubeconfig, before);
  await current(page, "sample");
  await shut(page);
});

test("access of one's own is used with one key, from its row and from its page", async () => {
  const made = (await call("POST", "/requests", {
    targets: ["k8s-demo/namespace/customer1:view"],
    reason: "look",
  })) as { number: string };
  const page = await opened(browser, "index.html#/access", { viewport: MAIN });
  await page.getByRole("button", { name: "Use context" }).waitFor();
  await page.locator(`#row-${made.number}`).focus();
  await page.keyboard.press("u");
  await see(page, "bellhop-k8s-demo is the current context");
  expect(read()["current-context"]).toBe("bellhop-k8s-demo");
  bellhop("use", "-");
  await page.keyboard.press("Enter");
  await see(page, "Access details");
  await page.keyboard.press("u");
  await see(page, "bellhop-k8s-demo is the current context");
  await accessible(page);
  await shut(page);
});

test("the namespace that kubectl begins in is the next one with one key", async () => {
  const two = ["customer1", "customer2"].map((name) => `k8s-demo/namespace/${name}:view`);
  const said = bellhop(...["-o", "json", "request", ...two, "--reason", "look", "--wait"]);
  const { number } = JSON.parse(said) as { number: string };
  bellhop("access", number, "--add-context", "--use", "--namespace", "customer2");
  const program = process.env["KUBECTL_BIN"] ?? "kubectl";
  const words = [
    "config",
    "view",
    "--minify",
    "-o",
    "jsonpath={.contexts[*]['name', 'context.namespace']}",
  ];
  const inUse = () =>
    execFileSync(program, ["--kubeconfig", inject("stage").kubeconfig, ...words]).toString();
  expect(inUse()).toBe("bellhop-k8s-demo customer2");
  const page = await open();
  await row(page, "bellhop-k8s-demo")
    .getByRole("button", { name: /next namespace/ })
    .waitFor();
  await accessible(page);
  await row(page, "bellhop-k8s-demo").focus();
  for (const next of ["customer1", "customer2"]) {
    await page.keyboard.press("n");
    await see(page, `bellhop-k8s-demo begins in ${next}`);
    expect(inUse()).toBe(`bellhop-k8s-demo ${next}`);
  }
  await row(page, "sample").focus();
  await page.keyboard.press("n");
  await see(page, "Only Bellhop's contexts are changed");
  bellhop("use", "-");
  await current(page, "sample");
  await row(page, "bellhop-k8s-demo").focus();
  await page.keyboard.press("n");
  await see(page, "Hop to bellhop-k8s-demo first");
  expect(() => bellhop("access", number, "--add-context", "--namespace", "customer3")).toThrow(
    /gives no access to "customer3". Its namespaces: customer1, customer2/,
  );
  await shut(page);
});

test("names of others are text, and nothing else", async () => {
  added(
    `<img src=x onerror="document.title='owned'">`,
    "right \u202egpj.exe\u202c שלום",
    "no\u200bwidth\ufeff",
    "x".repeat(900),
  );
  const page = await open();
  await see(page, "U+202E");
  await see(page, "U+200B");
  expect(await page.title()).not.toBe("owned");
  expect(await page.locator("img, script:not([src])").count()).toBe(0);
  await fits(page);
  await page.setViewportSize({ width: 390, height: 780 });
  await fits(page);
  await shut(page);
});

/** What the page makes of another answer, which it gets when it looks again. */
test.each([
  ["no_workstation", 404, "This page reaches no machine of yours"],
  ["workstation_failed", 409, "A file is locked."],
])("%s is said in words", async (code, status, words) => {
  const page = await open();
  await current(page, "sample");
  await page.route("**/api/v1/workstation/contexts", (route) =>
    route.fulfill({
      status,
      json: { type: "about:blank", title: "No", status, code, detail: "a file is locked" },
    }),
  );
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await see(page, words);
  await accessible(page);
  await fits(page);
  await shut(page);
});
