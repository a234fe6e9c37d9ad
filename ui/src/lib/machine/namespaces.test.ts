import { expect, test } from "vitest";
import { request } from "../../testing/bridge";
import type { Request } from "../api/client";
import { namespaces } from "./namespaces";

test("the namespaces of a context are those of its active requests on its own system", () => {
  const asked = new Map<string, Request>(
    [
      request({ number: "R-1", status: "active", targets: ["k8s/namespace/b:view"] }),
      request({
        number: "R-2",
        status: "active",
        targets: ["k8s/namespace/a:edit", "k8s/namespace/b:edit", "other/namespace/c:view"],
      }),
      request({ number: "R-3", status: "ended", targets: ["k8s/namespace/d:view"] }),
    ].map((each) => [each.number, each]),
  );
  const context = { integration: "k8s", requests: ["R-1", "R-2", "R-3", "R-4"] };
  expect(namespaces(context, (number) => asked.get(number))).toEqual([
    { namespace: "a", request: "R-2" },
    { namespace: "b", request: "R-1" },
  ]);
});
