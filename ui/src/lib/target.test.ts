import { expect, test } from "vitest";
import { accessCommand, anyOf, named, quoted, target, tryCommand, where } from "./target";

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
