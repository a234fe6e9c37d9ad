import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { MAIN, accessible, bellhop, call, fits, launch, opened, shut } from "./page";
import { clusterProgram, sampleCluster } from "./stage";

interface Named {
  name: string;
}
interface Kubeconfig {
  clusters: (Named & { cluster: Record<string, string> })[];
  users: (Named & { user: Record<string, string> })[];
  contexts: (Named & { context: { cluster: string; user: string } })[];
  "current-context": string;
}

const HOSTILE = `<img src=x onerror="document.title='hit'">'; rm -rf /tmp/x; \u202eeman\u200b${"y".repeat(400)}`;
const THEMES = ["light", "dark"] as const;

let browser: Browser;
let second: ChildProcess;
let folder: string;
let original: string;

/** The kubeconfig of the stage with another cluster in it, and with ways to it that do not work. */
async function prepared(): Promise<void> {
  const { bellhop: built, kubeconfig } = inject("stage");
  folder = mkdtempSync(join(tmpdir(), "bellhop-connect-"));
  const { process, kubeconfig: file } = await sampleCluster(clusterProgram(built), folder);
  second = process;
  original = readFileSync(kubeconfig, "utf8");
  const config = JSON.parse(original) as Kubeconfig;
  const other = JSON.parse(readFileSync(file, "utf8")) as Kubeconfig;
  const cluster = other.clusters[0]?.cluster ?? {};
  const user = other.users[0]?.user ?? {};
  const untrusted = { ...cluster };
  delete untrusted["certificate-authority-data"];
  const ways: [string, Record<string, string>, Record<string, string>][] = [
    ["Other Cluster", cluster, user],
    ["down", { ...cluster, server: "https://127.0.0.1:9" }, user],
    ["untrusted", untrusted, user],
    ["stale", cluster, { token: "s3cret-that-is-wrong" }],
    [HOSTILE, { ...cluster, server: "https://127.0.0.1:9" }, user],
  ];
  for (const [name, cluster, user] of ways) {
    config.clusters.push({ name, cluster });
    config.users.push({ name, user });
    config.contexts.push({ name, context: { cluster: name, user: name } });
  }
  writeFileSync(kubeconfig, JSON.stringify(config));
}

beforeAll(async () => {
  browser = await launch();
  await prepared();
});
afterAll(async () => {
  await browser.close();
  const name = "other-cluster";
  await call("POST", "/workstation/disconnect", { name, context: "Other Cluster" });
  writeFileSync(inject("stage").kubeconfig, original);
  second.stdin?.end();
  second.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

const open = (where: string, theme: (typeof THEMES)[number] = "light") =>
  opened(browser, where, { viewport: MAIN, colorScheme: theme });
const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const failed = (page: Page, check: string) => page.locator(`#check-${check}.failed`);
const connect = (page: Page) => page.getByRole("button", { name: /^Connect/ }).last();

async function sizes(page: Page): Promise<void> {
  for (const [width, height] of [
    [1100, 740],
    [960, 640],
    [720, 640],
    [390, 780],
  ] as const) {
    await page.setViewportSize({ width, height });
    await fits(page);
  }
  await page.setViewportSize(MAIN);
}

describe.each(THEMES)("nothing that axe finds and nothing cut off, %s", (theme) => {
  test("integrations, one of them, and what it may do there", async () => {
    const page = await open("index.html#/integrations", theme);
    await see(page, "Healthy");
    await accessible(page);
    await sizes(page);
    await page.keyboard.press("/");
    await page.keyboard.type("nomad");
    await see(page, "Nothing in the catalog matches.");
    await page.keyboard.press("Escape");
    await page.evaluate(() => (location.hash = "#/integrations/k8s-demo"));
    await see(page, "Everything still ends");
    await page.getByRole("button", { name: "Diagnose" }).click();
    await see(page, "Nothing is there that should not be.");
    await page.getByText("What Bellhop may do there").click();
    await see(page, "kind: ClusterRole");
    await accessible(page);
    await sizes(page);
    await page.evaluate(() => (location.hash = "#/integrations/nowhere"));
    await see(page, "There is no integration of this name");
    await accessible(page);
    await shut(page);
  });

  test("each failure with its fix", async () => {
    const page = await open("index.html#/connect/kubernetes", theme);
    const context = page.getByLabel("Context", { exact: true });
    await failed(page, "system").getByText("It is connected already, as k8s-demo.").waitFor();
    const tries: [string, string, RegExp, RegExp][] = [
      ["down", "reach", /Nothing answers at https:\/\/127\.0\.0\.1:9/, /--context down get --raw/],
      [
        "untrusted",
        "trust",
        /nobody trusted here has signed/,
        /set-cluster untrusted --certificate/,
      ],
      [
        "stale",
        "credential",
        /^The API server does not accept the credential of this context/,
        /--context stale get namespaces/,
      ],
    ];
    for (const [name, check, why, fix] of tries) {
      await context.selectOption(name);
      await failed(page, check).getByText(why).waitFor();
      await failed(page, check).getByText(fix).waitFor();
      expect(await connect(page).isDisabled()).toBe(true);
      await see(page, /^1 check must pass before you can connect/);
      await accessible(page);
      expect(await page.content()).not.toContain("s3cret");
    }
    await context.selectOption("Other Cluster");
    await page.getByLabel("Other cluster roles").fill("payroll");
    await failed(page, "permissions")
      .getByText(/clusterrole payroll/)
      .waitFor();
    await page.getByLabel("Other cluster roles").fill("");
    await page.getByText("By name", { exact: true }).click();
    await page.getByLabel("Namespaces, with commas between").fill("customer1, nowhere");
    await failed(page, "places")
      .getByText(/namespace nowhere/)
      .waitFor();
    await page.getByLabel("Name", { exact: true }).fill("k8s-demo");
    await failed(page, "name")
      .getByText(/connected already/)
      .waitFor();
    await sizes(page);
    await shut(page);
  });

  test("a hostile name is a name", async () => {
    const page = await open("index.html#/connect/kubernetes", theme);
    await page.getByLabel("Context", { exact: true }).selectOption(HOSTILE);
    await failed(page, "reach").waitFor();
    const command = page.locator("#check-reach code");
    expect(await command.textContent()).toContain(`--context '<img src=x`);
    expect(await page.title()).toBe("Connect Kubernetes · Bellhop");
    expect(await page.locator("img").count()).toBe(0);
    await accessible(page);
    await sizes(page);
    await shut(page);
  });

  test("the three doors, where nothing was ever connected or asked for", async () => {
    const page = await open("index.html", theme);
    await page.route(/\/api\/v1\/integrations$/, (route) =>
      route.fulfill({ json: { items: [], any_before: false } }),
    );
    await page.route(/\/api\/v1\/requests\?/, (route) =>
      route.fulfill({ json: { items: [], next: null } }),
    );
    await page.goto("about:blank");
    await page.goto(address());
    await page.getByRole("heading", { name: /Ring for access/ }).waitFor();
    await accessible(page);
    await sizes(page);
    await page.keyboard.press("3");
    await page.keyboard.press("Enter");
    await see(page, "bellhop tour --window");
    await page.keyboard.press("2");
    await page.keyboard.press("Enter");
    await see(page, "There is no team server to join yet.");
    await accessible(page);
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Connect Kubernetes" }).waitFor();
    await page.evaluate(() => (location.hash = "#/integrations"));
    await see(page, "Nothing is connected yet");
    await accessible(page);
    await shut(page);
  });
});

/** The main page, with a code of its own. */
function address(): string {
  const { code } = JSON.parse(bellhop("-o", "json", "open", "--print")) as { code: string };
  return `${inject("stage").pages}/index.html#code=${code}`;
}

test("by keyboard alone: from the catalog to Active, and out again", async () => {
  const page = await open("index.html#/integrations");
  await see(page, "Healthy");
  await page.keyboard.press("/");
  await page.keyboard.type("kuber");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByLabel("Context", { exact: true }).focus();
  await page.keyboard.type("Other");
  await page.locator('[id="name"]').waitFor();
  expect(await page.locator("#name").inputValue()).toBe("other-cluster");
  await page.getByText("Ready to connect").waitFor();
  await page.keyboard.press("Control+Enter");
  await page.getByRole("status").getByText("Active", { exact: true }).waitFor();
  await see(page, /\d+ namespaces offered/);
  await see(page, "Nobody may ask for anything there yet.");
  await see(page, 'integration = "other-cluster"');
  await accessible(page);
  await fits(page);
  expect(await call("GET", "/integrations/other-cluster")).toMatchObject({
    owner: "ui",
    status: "active",
    offers: ["view", "edit"],
  });
  await page.keyboard.press("Escape");
  await page.locator("#system-other-cluster").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Disconnect" }).waitFor();
  await page.keyboard.press("t");
  await see(page, "Checked: it answers, and no right is missing.");
  const leave = page.getByRole("button", { name: /^(Disconnect|Press again)/ });
  await leave.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await see(page, "other-cluster is disconnected");
  await see(page, /namespaces bellhop-system/);
  expect(await call("GET", "/integrations/other-cluster")).toMatchObject({ code: "not_found" });
  await shut(page);
});

test("refused while somebody has access there, and it says whose", async () => {
  const asked = { targets: ["k8s-demo/namespace/customer1:view"], reason: "look" };
  const { number } = (await call("POST", "/requests", asked)) as { number: string };
  const page = await open("index.html#/integrations/k8s-demo");
  const leave = page.getByRole("button", { name: /^(Disconnect|Press again)/ });
  await leave.click();
  await leave.click();
  await see(page, new RegExp(`access is open in k8s-demo.*${number}`, "i"));
  expect(await call("GET", "/integrations/k8s-demo")).toMatchObject({ status: "active" });
  await call("POST", `/requests/${number}/end`, {});
  await shut(page);
});

test("without the backend the catalog and the checks say so", async () => {
  const page = await open("index.html#/connect/kubernetes");
  await failed(page, "system").waitFor();
  await page.route("**/api/v1/workstation/**", (route) => route.abort());
  await page.getByRole("button", { name: "Check again" }).click();
  await see(page, "Nothing was looked at.");
  expect(await connect(page).isDisabled()).toBe(true);
  await accessible(page);
  await shut(page);
});

test("who is no admin sees how it is, and no way to change it", async () => {
  const page = await open("index.html");
  await page.route(/\/api\/v1\/me$/, async (route) => {
    const response = await route.fetch();
    const me = (await response.json()) as object;
    await route.fulfill({ response, json: { ...me, role: "member" } });
  });
  await page.goto("about:blank");
  await page.goto(address() + "&page=/integrations");
  await see(page, "Healthy");
  await see(page, "An admin connects systems.");
  expect(await page.getByRole("button", { name: /Check all/ }).count()).toBe(0);
  await page.evaluate(() => (location.hash = "#/connect/kubernetes"));
  await see(page, "Only an admin connects systems");
  await accessible(page);
  await page.evaluate(() => (location.hash = "#/integrations/k8s-demo"));
  await see(page, "An admin checks and connects it.");
  expect(await page.getByRole("heading", { name: "Disconnect" }).count()).toBe(0);
  await shut(page);
});
