import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";

/** What the page tests play on: a cluster, and a backend that has the pages inside. */
export interface Stage {
  pages: string;
  bellhop: string;
  home: string;
  kubeconfig: string;
}

declare module "vitest" {
  interface ProvidedContext {
    stage: Stage;
  }
}

function configuration(user: string): string {
  return `
[[integration]]
name = "k8s-demo"
kind = "kubernetes"
kubeconfig_context = "sample"

[[flow]]
id = "look"
name = "Looking at customers"
requesters = { users = ["${user}"] }
reason = "optional"
duration = { default = "1h", max = "8h" }
extend = { times = 2, by = "1h" }
  [[flow.target]]
  integration = "k8s-demo"
  type = "namespace"
  resources = ["customer1", "customer2", "customer3"]
  permissions = ["view"]
  [flow.approval]
  mode = "automatic"

[[flow]]
id = "change"
name = "Changing customers"
requesters = { users = ["${user}"] }
reason = "required"
duration = { default = "30m", max = "2h" }
  [[flow.target]]
  integration = "k8s-demo"
  type = "namespace"
  resources = ["customer*"]
  permissions = ["edit"]
  [flow.approval]
  steps = [{ any = { users = ["${user}"] } }]
  self_approval = "allowed"
  lapse_after = "4h"
`;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stage, strike } = await raised(configuration(userInfo().username));
  try {
    run(stage.bellhop, stage.home, stage.kubeconfig, "connect", "kubernetes", "k8s-demo", "--yes");
    project.provide("stage", stage);
    return strike;
  } catch (error) {
    await strike();
    throw error;
  }
}

/** Another sample cluster, with its kubeconfig in `folder`. */
export async function sampleCluster(
  program: string,
  folder: string,
): Promise<{ process: ChildProcess; kubeconfig: string }> {
  const process = spawn(program, [folder], { stdio: ["pipe", "pipe", "inherit"] });
  const kubeconfig = (await line(process, "KUBECONFIG=")).slice("KUBECONFIG=".length);
  return { process, kubeconfig };
}

/** The program of the sample cluster that stands beside this bellhop. */
export function clusterProgram(bellhop: string): string {
  const program = process.env["BELLHOP_CLUSTER_BIN"] ?? join(dirname(bellhop), "sample-cluster");
  if (!existsSync(program))
    throw new Error(`there is no ${program}: BELLHOP_CLUSTER_BIN names one`);
  return program;
}

/** A cluster, and a backend with this configuration and the pages inside; nothing is connected. */
export async function raised(
  files?: string,
): Promise<{ stage: Stage; strike: () => Promise<void> }> {
  const bellhop = process.env["BELLHOP_BIN"];
  if (!bellhop || !existsSync(bellhop)) throw new Error("BELLHOP_BIN has to name a built bellhop");
  const program = clusterProgram(bellhop);
  const folder = mkdtempSync(join(tmpdir(), "bellhop-ui-"));
  const home = join(folder, "home");
  mkdirSync(join(home, "config"), { recursive: true, mode: 0o700 });
  if (files !== undefined) writeFileSync(join(home, "config", "bellhop.toml"), files);
  const started: ChildProcess[] = [];
  async function strike(): Promise<void> {
    for (const process of started.reverse()) await ended(process);
    rmSync(folder, { recursive: true, force: true });
  }
  try {
    const where = join(folder, "cluster");
    mkdirSync(where);
    const { process: system, kubeconfig } = await sampleCluster(program, where);
    started.push(system);
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    const backend = spawn(bellhop, ["--home", home, "serve"], {
      env,
      stdio: ["ignore", "ignore", process.env["BELLHOP_LOG"] ? "inherit" : "ignore"],
    });
    started.push(backend);
    const port = JSON.parse(run(bellhop, home, kubeconfig, "-o", "json", "open", "--print")) as {
      address: string;
      pages: boolean;
    };
    if (!port.pages) throw new Error("BELLHOP_BIN has no pages: build it with --features pages");
    await newest(port.address);
    return { stage: { pages: port.address, bellhop, home, kubeconfig }, strike };
  } catch (error) {
    await strike();
    throw error;
  }
}

/** Pages that were built after the program are not in it: nobody wants to test the others. */
async function newest(address: string): Promise<void> {
  if (!existsSync("dist/index.html")) return;
  const inside = await (await fetch(`${address}/`)).text();
  if (inside !== readFileSync("dist/index.html", "utf8"))
    throw new Error(
      "BELLHOP_BIN has other pages than ui/dist: build it anew, with --features pages",
    );
}

/** Runs a command of bellhop to its end, and returns what it printed. */
export function run(bellhop: string, home: string, kubeconfig: string, ...words: string[]): string {
  const env = { ...process.env, KUBECONFIG: kubeconfig, BELLHOP_NO_START: "1" };
  // Right after the start there is a moment without a socket.
  for (let left = 100; ; left -= 1) {
    const done = spawnSync(bellhop, ["--home", home, ...words], { env, encoding: "utf8" });
    if (done.status === 0) return done.stdout;
    const noBackend = done.status === 5;
    if (!noBackend || left === 0) throw new Error(`bellhop ${words.join(" ")}: ${done.stderr}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

function line(process: ChildProcess, begin: string): Promise<string> {
  return new Promise((found, failed) => {
    let text = "";
    process.stdout?.on("data", (more: Buffer) => {
      text += more.toString();
      const whole = text.split("\n").slice(0, -1);
      const hit = whole.find((each) => each.startsWith(begin));
      if (hit) found(hit);
    });
    process.once("exit", (code) => failed(new Error(`it ended with ${String(code)}: ${text}`)));
  });
}

function ended(process: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (process.exitCode !== null || process.signalCode !== null) return done();
    process.once("exit", () => done());
    process.stdin?.end();
    process.kill("SIGTERM");
  });
}
