import { expect, test } from "vitest";
import { Client, Refused } from "../api/client";
import { Waiting, settled } from "../../testing/bridge";
import { inTheApp } from "./app";
import { throughTheBackend } from "./backend";
import { Contexts } from "./contexts.svelte";
import type { Contexts as Listed, Machine } from "./types";

const listed = (current: string): Listed => ({
  contexts: [],
  current,
  before: null,
  files: ["/k"],
  broken: [],
  left_out: 0,
});
const refused = (code: "no_workstation" | "workstation_failed") =>
  new Refused({ type: "about:blank", title: "No", status: 404, code, detail: "it is locked" });

test("in a browser the machine is the one that the backend runs on", async () => {
  const bridge = new Waiting();
  const machine = throughTheBackend(new Client(bridge));
  void machine.contexts();
  void machine.hop("a b");
  void machine.hop();
  void machine.use("R-7");
  void machine.use("R-7", "b");
  const calls = bridge.calls.map(({ method, path, body }) => [method, path, body]);
  expect(calls).toEqual([
    ["GET", "/api/v1/workstation/contexts", undefined],
    ["POST", "/api/v1/workstation/hop", { name: "a b" }],
    ["POST", "/api/v1/workstation/hop", { back: true }],
    ["POST", "/api/v1/workstation/use", { request: "R-7" }],
    ["POST", "/api/v1/workstation/use", { request: "R-7", namespace: "b" }],
  ]);
  await settled(() => undefined);
});

test("in the app the machine is the one that the app runs on", async () => {
  const asked: unknown[] = [];
  const machine = inTheApp((command, given) => {
    asked.push([command, given]);
    return command === "hop" && given["name"] === "gone"
      ? Promise.reject(new Error("x"))
      : Promise.resolve(listed("a"));
  });
  await machine.contexts();
  await machine.hop("a");
  await machine.hop();
  await machine.use("R-7");
  await machine.use("R-7", "b");
  expect(asked).toEqual([
    ["contexts", {}],
    ["hop", { name: "a" }],
    ["hop", { name: null }],
    ["use_access", { request: "R-7", namespace: null }],
    ["use_access", { request: "R-7", namespace: "b" }],
  ]);
  const failing = inTheApp(() => Promise.reject("the kubeconfig /k is read-only"));
  await expect(failing.hop("a")).rejects.toMatchObject({
    problem: { code: "workstation_failed", detail: "the kubeconfig /k is read-only" },
  });
});

function machine(answers: (() => Promise<Listed>)[]): Machine {
  return {
    contexts: () => (answers.shift() ?? (() => Promise.resolve(listed("last"))))(),
    hop: (name) => Promise.resolve({ context: name ?? "before", was: null }),
    use: () => Promise.reject(refused("workstation_failed")),
  };
}

test("of two answers the one to the later question counts", async () => {
  let late: (list: Listed) => void = () => undefined;
  const first = new Promise<Listed>((done) => (late = done));
  const contexts = new Contexts(machine([() => first, () => Promise.resolve(listed("new"))]));
  const reading = contexts.read();
  await contexts.read();
  late(listed("old"));
  await reading;
  expect(contexts.list?.current).toBe("new");
});

test("they are read while somebody looks, and not otherwise", async () => {
  let reads = 0;
  const count = () => {
    reads += 1;
    return Promise.resolve(listed("a"));
  };
  const contexts = new Contexts(machine([count, count, count]));
  contexts.changed();
  expect(reads).toBe(0);
  const stop = contexts.wanted();
  contexts.changed();
  expect(reads).toBe(2);
  stop();
  contexts.changed();
  expect(reads).toBe(2);
  await settled(() => undefined);
});

test("no machine, one whose files do not read, and a hop that did not work are three things", async () => {
  const none = new Contexts(machine([() => Promise.reject(refused("no_workstation"))]));
  await none.read();
  expect(none.loaded).toBe("none");
  const broken = new Contexts(machine([() => Promise.reject(refused("workstation_failed"))]));
  await broken.read();
  expect([broken.loaded, broken.trouble?.why]).toEqual(["failed", "It is locked."]);
  expect(await broken.hop("a")).toEqual({ context: "a", was: null });
  expect([broken.loaded, broken.list?.current]).toEqual(["loaded", "last"]);
  expect(await broken.use("R-1")).toBeUndefined();
  expect(broken.trouble?.code).toBe("workstation_failed");
});
