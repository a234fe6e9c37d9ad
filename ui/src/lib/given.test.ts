import { expect, test } from "vitest";

import { request } from "../testing/bridge";
import { given, lengths } from "./given";

test("shorter lengths are offered, and what was asked for", () => {
  expect(lengths(14400)).toEqual([1800, 3600, 7200, 14400]);
  expect(lengths(1800)).toEqual([900, 1800]);
  expect(lengths(2700)).toEqual([900, 1800, 2700]);
  expect(lengths(600)).toEqual([600]);
});

test("what was given is what was asked for, unless the approver gave less", () => {
  const decision = { what: "approved", by: "ada", at: "2026-11-21T14:33:00Z", note: "" } as const;
  expect(given(request({ decision }))).toBe(3600);
  expect(given(request({ decision: { ...decision, shorter_seconds: 900 } }))).toBe(900);
});
