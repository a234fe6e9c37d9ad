import { expect, test } from "vitest";
import {
  accessCommand,
  anyOf,
  isProduction,
  named,
  production,
  quoted,
  target,
  tryCommand,
  where,
} from "./target";

test("a target is read in its parts", () => {
  const read = target("k8s-demo/namespace/customer1:edit");
  expect(read).toMatchObject({
    integration: "k8s-demo",
    resource: "customer1",
    permission: "edit",
  });
  expect(where(read)).toBe("namespace on k8s-demo");
  expect(target("x/y/a/b:c:d")).toMatchObject({ resource: "a/b:c", permission: "d" });
});

test("what is no target is shown as it is", () => {
  expect(target("nonsense")).toMatchObject({ resource: "nonsense", permission: "" });
  expect(where(target("nonsense"))).toBe("");
});

test("names are counted once each", () => {
  const all = ["a/n/x:view", "a/n/x:edit", "a/n/y:view", "a/n/z:view"].map(target);
  expect(named([])).toBe("nothing");
  expect(named(all.slice(0, 2))).toBe("x");
  expect(named(all.slice(0, 3))).toBe("x and y");
  expect(named(all)).toBe("x and 2 more");
  expect([anyOf([]), anyOf(["ada"]), anyOf(["ada", "ben", "eve"])]).toEqual([
    "nobody",
    "ada",
    "ada, ben or eve",
  ]);
});

test("a command is built from names alone, and a shell reads no more into them", () => {
  expect(accessCommand("R-1042")).toBe("bellhop access R-1042 --add-context");
  expect(tryCommand("k8s-demo", "customer1")).toBe(
    "kubectl get pods -n customer1 --context bellhop-k8s-demo",
  );
  expect(tryCommand("k8s-demo", undefined)).toBe("kubectl get pods --context bellhop-k8s-demo");
  expect(quoted("$(rm -rf ~)")).toBe("'$(rm -rf ~)'");
  expect(quoted("it's; ls")).toBe("'it'\\''s; ls'");
});

test("a name is of production when a word of it says so, as the machine's own side has it", () => {
  for (const name of ["prod", "k8s-prod", "bellhop-k8s-PROD", "eu/production@acme", "a_live_b"]) {
    expect(isProduction(name), name).toBe(true);
  }
  for (const name of ["", "staging", "products", "reproduction", "preprod", "olive"]) {
    expect(isProduction(name), name).toBe(false);
  }
  const targets = ["k8s/namespace/web:view", "k8s-prod/namespace/web:edit"].map(target);
  expect(production(targets)?.integration).toBe("k8s-prod");
  expect(production(targets.slice(0, 1))).toBeUndefined();
});
