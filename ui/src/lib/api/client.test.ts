import { expect, test } from "vitest";
import { Waiting } from "../../testing/bridge";
import { Unreachable } from "../bridge/types";
import { route } from "../../main/router.svelte";
import { Client, Refused, newKey } from "./client";
import { sentence, troubleOf } from "./trouble";

test("a call is built from its description", async () => {
  const bridge = new Waiting();
  const client = new Client(bridge);
  void client.call("search_targets", { query: { q: "a b&c..", limit: 5 } });
  void client.call("show_request", { path: { number: "../x?y" } });
  void client.call("approve_request", { path: { number: "R-1" }, body: { seen: "h" }, key: "k" });
  expect(bridge.calls.map((call) => [call.method, call.path, call.key])).toEqual([
    ["GET", "/api/v1/targets?q=a+b%26c%2E%2E&limit=5", undefined],
    ["GET", "/api/v1/requests/..%2Fx%3Fy", undefined],
    ["POST", "/api/v1/requests/R-1/approve", "k"],
  ]);
  await expect(client.call("show_request")).rejects.toThrow("needs number");
});

test("a refusal is what, why and what next; anything else is no answer", async () => {
  const bridge = new Waiting();
  const asked = new Client(bridge).call("me").catch((error: unknown) => error);
  const problem = {
    code: "rate_limited",
    title: "Too much",
    detail: "you asked often",
    next: "Wait",
  };
  await bridge.at(0).answer(429, problem);
  const refused = await asked;
  expect(refused).toBeInstanceOf(Refused);
  expect(troubleOf(refused, "")).toEqual({
    what: "Too much.",
    why: "You asked often.",
    next: "Wait.",
    code: "rate_limited",
  });
  const other = new Client(bridge).call("me").catch((error: unknown) => error);
  await bridge.at(1).answer(502, null);
  expect(await other).toBeInstanceOf(Unreachable);
  expect(troubleOf(await other, "Nothing was requested.").why).toBe("Nothing was requested.");
});

test("sentences begin and end as such, and names keep their letters", () => {
  expect(sentence("no flow covers it")).toBe("No flow covers it.");
  expect(sentence("k8s-demo is away")).toBe("k8s-demo is away.");
  expect(sentence("Is it?")).toBe("Is it?");
});

test("keys are new each time", () => {
  const keys = new Set(Array.from({ length: 100 }, newKey));
  expect(keys.size).toBe(100);
});

test("addresses lead to pages, and nowhere else", () => {
  expect(route("")).toEqual({ page: "access" });
  expect(route("#/approvals")).toEqual({ page: "approvals" });
  expect(route("#/approvals/R-7")).toEqual({ page: "approvals", number: "R-7" });
  expect(route("#/requests/R-1042")).toEqual({ page: "request", number: "R-1042" });
  expect(route("#/contexts/a%2Fb%20c/confirm")).toEqual({ page: "contexts", name: "a/b c" });
  expect(route("#/trouble/tray")).toEqual({ page: "trouble", about: "tray" });
  for (const hash of ["#/requests", "#/requests/x", "#/%", "#/settings/x"]) {
    expect(route(hash).page).toBe("unknown");
  }
});
