import { describe, expect, test } from "vitest";
import { NOW, request } from "../testing/bridge";
import type { Request } from "./api/client";
import { steps } from "./steps";

const known = { now: NOW, me: "mira" };
const titles = (of: Request) => steps(of, known).map((step) => `${step.kind}: ${step.title}`);
const grant = (state: string, label: string, note: string | null = null) => ({
  id: "g",
  target: "k8s-demo/namespace/customer1:edit",
  state,
  label,
  note,
});
const approved = {
  decision: { what: "approved", by: "ada", at: "2026-11-21T14:33:00Z", note: "Fine" },
  deadline: "2026-11-21T15:33:00Z",
  waits: null,
} as const;

describe("t20 nothing is told before it is stored", () => {
  const told = (of: Request) =>
    JSON.stringify(steps(of, known).filter((step) => step.kind === "done"));
  test("pending: nobody approved, nothing is granted", () => {
    expect(titles(request())).toEqual([
      "done: Sent by you",
      "done: Matched customers",
      "now: Waiting for ada or ben",
      "next: Set up access on k8s-demo",
      "next: Ends 1 hour after it is approved",
    ]);
    expect(told(request())).not.toMatch(/approved|granted|active|open/i);
  });
  test("granting: approved, and not yet granted", () => {
    const granting = request({
      ...approved,
      status: "granting",
      label: "Setting up",
      grants: [grant("applying", "Setting up")],
    });
    expect(titles(granting)).toContain("work: Setting up access on k8s-demo");
    expect(told(granting)).toMatch(/Approved by ada/);
    expect(told(granting)).not.toMatch(/granted|active|open/i);
  });
  test("active: granted, and not yet ended", () => {
    const active = request({
      ...approved,
      status: "active",
      label: "Active",
      open: 1,
      grants: [grant("active", "Active")],
    });
    expect(titles(active)).toContain("done: Granted");
    expect(titles(active).at(-1)).toBe("next: Ends");
  });
  test("revoking: ending is worked on, and what may still be open says so", () => {
    const revoking = request({ ...approved, status: "revoking", label: "Ending" });
    expect(titles(revoking).at(-1)).toBe("work: Ending");
    const stuck = request({ ...approved, status: "revoking", label: "May still be open" });
    expect(titles(stuck).at(-1)).toBe("bad: May still be open");
    expect(told(stuck)).not.toMatch(/ended|expired|returned/i);
  });
});

test("whoever ended it is named, with why, and that it is gone comes after", () => {
  const ended = {
    what: "revoked",
    by: "priya",
    at: "2026-11-21T14:50:00Z",
    note: "It is over",
  } as const;
  const over = request({
    ...approved,
    status: "revoking",
    label: "Ending",
    ended,
  } as Partial<Request>);
  expect(titles(over).slice(-2)).toEqual(["done: Revoked by priya", "work: Ending"]);
  expect(steps(over, known).find((step) => step.title === "Revoked by priya")?.quote).toBe(
    "It is over",
  );
  const gone = { ...over, status: "ended", label: "Revoked" } as const;
  expect(titles(gone).slice(-2)).toEqual(["done: Revoked by priya", "done: Removed"]);
  const own = { ...gone, ended: { ...ended, what: "returned", by: "mira", note: "" } } as const;
  expect(titles(own)).toContain("done: Returned by you");
});

test("what a flow approves by itself has no approver", () => {
  const automatic = { ...approved.decision, by: "customers", note: "" };
  const active = request({
    ...approved,
    decision: automatic,
    status: "active",
    label: "Active",
    open: 1,
  });
  const shown = steps(active, { ...known, flowName: "Customer namespaces" });
  expect(shown.map((step) => step.title)).toEqual([
    "Sent by you",
    "Matched Customer namespaces",
    "Granted",
    "Ends",
  ]);
});

test.each([
  ["denied", "bad: Denied by ada"],
  ["withdrawn", "done: Withdrawn by ada"],
  ["lapsed", "bad: No answer"],
] as const)("%s is the last step", (what, title) => {
  const over = request({
    status: what,
    label: what,
    waits: null,
    decision: { ...approved.decision, what },
  });
  expect(titles(over).at(-1)).toBe(title);
});

test("the note of an approver is quoted", () => {
  const active = request({ ...approved, status: "active", label: "Active", open: 1 });
  expect(steps(active, known).find((step) => step.title === "Approved by ada")?.quote).toBe("Fine");
});

test("more time is a step of its own", () => {
  const active = request({ ...approved, status: "active", label: "Active", open: 1 });
  const extension = { asked_at: "2026-11-21T14:40:00Z", seconds: 3600, decision: null };
  expect(titles({ ...active, extension })).toContain("now: 1 hour more asked for");
  const denied = { ...approved.decision, what: "denied" as const };
  expect(titles({ ...active, extension: { ...extension, decision: denied } })).toContain(
    "bad: Ada said no to more time",
  );
});

test("with nobody to decide, it says so and what to do", () => {
  const waits = { approvers: [], for_you: false, lapses_at: "2026-11-21T18:31:00Z" };
  const step = steps(request({ waits }), known).find((each) => each.kind === "now");
  expect(step?.title).toBe("Nobody can decide this now");
  expect(step?.meta).toMatch(/Ask an admin/);
});

test("a target that is not open yet is counted", () => {
  const two = ["k8s-demo/namespace/customer1:edit", "k8s-demo/namespace/customer2:edit"];
  const partly = request({
    ...approved,
    status: "granting",
    label: "Setting up",
    targets: two,
    open: 1,
  });
  expect(steps(partly, known).find((step) => step.kind === "work")?.meta).toMatch(/1 of 2 open/);
});
