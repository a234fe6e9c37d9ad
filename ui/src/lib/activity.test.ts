import { expect, test } from "vitest";
import { did, differences, row } from "./activity";

const event = {
  seq: 4808,
  at: "2026-11-21T14:33:08Z",
  kind: "grant.active",
  actor: { kind: "system" },
  subject: { kind: "grant", number: "R-1042", target: "k8s/namespace/customer1:edit" },
  before: { state: "verifying" },
  after: { state: "active" },
};

test("a row is read in its parts, whoever did it", () => {
  const read = row({ event, hash: "0f", targets: ["k8s/namespace/customer1:edit"] });
  expect(read).toMatchObject({ seq: 4808, who: undefined, request: "R-1042", hash: "0f" });
  const person = { ...event, actor: { kind: "person", handle: "ada" } };
  expect(row({ event: person, hash: "" }).who).toBe("ada");
  expect(row({ event: {}, hash: "" })).toMatchObject({ seq: 0, kind: "", targets: [] });
});

test("what happened has words, and what nobody knows yet is called as it is", () => {
  expect(did({ kind: "grant.active", after: {} }).words).toBe("Granted");
  expect(did({ kind: "grant.ended", after: { reason: "revoked" } }).words).toBe("Revoked");
  expect(did({ kind: "grant.ended", after: {} }).words).toBe("Ended");
  expect(did({ kind: "flow.changed", after: {} })).toMatchObject({
    words: "Flow changed",
    icon: "flow",
  });
  expect(did({ kind: "moon.seen_twice", after: {} }).words).toBe("Moon seen twice");
});

test("before and after are told value by value, and only where they differ", () => {
  const before = { state: "pending", duration: { max: "1h" }, users: ["ada"] };
  const after = { state: "approved", duration: { max: "1h" }, users: ["ada", "ben"], late: null };
  expect(differences(before, after)).toEqual([
    { place: "state", before: "pending", after: "approved" },
    { place: "users", before: "ada", after: "ada, ben" },
  ]);
  expect(differences(undefined, { wanted: [{ a: 1 }] })).toEqual([
    { place: "wanted 1 a", before: undefined, after: "1" },
  ]);
  expect(differences("x", undefined)).toEqual([{ place: "", before: "x", after: undefined }]);
});
