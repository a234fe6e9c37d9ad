import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { icons } from "../components/icons";
import { LABELS, grantState, isOver, stateOf } from "./states";

const NOW = Date.parse("2026-11-21T14:00:00Z");
const inMinutes = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

test("p19 the words are those of the backend's one table, and no others", () => {
  const table = readFileSync("../crates/domain/src/words.rs", "utf8").split("#[cfg(test)]")[0];
  const words = [...(table ?? "").matchAll(/"([A-Z][a-z ]+)"/g)].map(([, word]) => word);
  expect(words.length).toBeGreaterThan(15);
  // "Ended" alone is nobody's word: there is always a reason.
  const ours = LABELS.filter((label) => label !== "Ended");
  expect(new Set(ours)).toEqual(new Set(words));
});

test("each state has its own word, and an icon that is drawn", () => {
  expect(new Set(LABELS).size).toBe(LABELS.length);
  for (const label of LABELS) {
    expect(icons).toHaveProperty(stateOf({ status: "ended", label, deadline: null }, NOW).icon);
  }
});

describe("a request is shown", () => {
  test("p19 as set up until it is active, never sooner", () => {
    const state = stateOf({ status: "granting", label: "Setting up", deadline: inMinutes(5) }, NOW);
    expect(state).toMatchObject({ label: "Setting up", family: "work" });
  });
  test("louder in its last 10 minutes, without a word of the backend", () => {
    const active = { status: "active", label: "Active" } as const;
    expect(stateOf({ ...active, deadline: inMinutes(11) }, NOW).label).toBe("Active");
    expect(stateOf({ ...active, deadline: inMinutes(10) }, NOW).label).toBe("Ending soon");
    expect(stateOf({ ...active, deadline: inMinutes(-1) }, NOW).label).toBe("Ending soon");
  });
  test("as what may still be open, when removal is not shown", () => {
    const stuck = {
      status: "revoking",
      label: "May still be open",
      deadline: inMinutes(-1),
    } as const;
    expect(stateOf(stuck, NOW)).toMatchObject({ label: "May still be open", family: "bad" });
    expect(isOver(stuck)).toBe(false);
  });
  test("by the reason that it ended for", () => {
    const ended = { status: "ended", deadline: inMinutes(-1) } as const;
    expect(stateOf({ ...ended, label: "Returned" }, NOW).icon).toBe("returned");
    expect(stateOf({ ...ended, label: "Revoked" }, NOW).icon).toBe("circle-slash");
  });
  test("in a word that only a newer backend knows", () => {
    const state = stateOf({ status: "ended", label: "Handed over", deadline: null }, NOW);
    expect(state).toMatchObject({ label: "Handed over", family: "done" });
  });
});

test("a grant is shown in the same words", () => {
  const grant = { state: "verifying", label: "Setting up" };
  expect(grantState(grant, null, NOW)).toMatchObject({ label: "Setting up", family: "work" });
  const active = { state: "active", label: "Active" };
  expect(grantState(active, inMinutes(3), NOW).label).toBe("Ending soon");
  const stuck = { state: "revoke_stuck", label: "May still be open" };
  expect(grantState(stuck, null, NOW).family).toBe("bad");
});
