import { describe, expect, test } from "vitest";
import {
  counted,
  firstFlow,
  health,
  isTroubled,
  sorted,
  suggested,
  type Integration,
} from "./systems";

const NOW = Date.parse("2026-11-21T12:00:00Z");

function integration(more: Partial<Integration> = {}): Integration {
  return {
    name: "k8s",
    kind: "kubernetes",
    owner: "ui",
    server: "https://k8s:6443",
    offers: ["view"],
    status: "active",
    why: "",
    missing_rights: [],
    resources: 3,
    synced_at: "2026-11-21T11:57:00Z",
    failing: [],
    ...more,
  };
}

describe("how a system is, in words", () => {
  const late = {
    work: "sync",
    what: "reading what can be asked for",
    times: 2,
    why: "k8s: no answer came",
    next_at: "2026-11-21T12:01:00Z",
  };
  test.each([
    [{}, "Healthy", "ok", "Listed 3 min ago."],
    [{ server: null }, "Not connected", "done", "until it is connected"],
    [
      { status: "error", why: "k8s: another cluster answers" },
      "Does not work",
      "bad",
      "Another cluster answers.",
    ],
    [
      { status: "degraded", why: "k8s: no answer", failing: [late] },
      "Does not answer",
      "bad",
      "Tried again at",
    ],
    [
      { status: "degraded", why: "Bellhop lacks rights there: list pods" },
      "Rights are missing",
      "wait",
      "list pods",
    ],
    [
      { why: "the credential ends at 2026-11-22 10:00 UTC" },
      "Will stop working",
      "wait",
      "credential ends",
    ],
    [{ failing: [late] }, "Does not do all it should", "wait", "failed 2 times. No answer came."],
    [{ status: "disabled" }, "Being disconnected", "done", ""],
  ] as const)("%o", (more, label, family, words) => {
    const one = health(integration(more as Partial<Integration>), NOW);
    expect(one).toMatchObject({ label, family });
    expect(one.more).toContain(words);
  });
});

test("trouble comes first only where there are more than fit", () => {
  const many = Array.from({ length: 13 }, (_, at) => integration({ name: `k8s-${at + 10}` }));
  many.push(integration({ name: "z", status: "error" }));
  expect(sorted(many)[0]?.name).toBe("z");
  expect(sorted(many.slice(8)).at(-1)?.name).toBe("z");
  expect(counted(many)).toBe("14 connected, 1 needs attention");
  expect(isTroubled(integration({ server: null, status: "error" }))).toBe(false);
});

test("a name is suggested that is valid and free", () => {
  expect(suggested("Prod Admin@k8s.example:6443", [])).toBe("prod-admin-k8s-example-6443");
  expect(suggested("prod", ["prod", "prod-2"])).toBe("prod-3");
  expect(suggested("\u202e漢字", [])).toBe("k8s");
  expect(suggested(`${"x".repeat(80)}!`, [])).toMatch(/^[a-z0-9-]{1,40}$/);
});

test("a first flow quotes what others named", () => {
  const text = firstFlow("k8s", 'a"\n[[flow]]', ["view", "edit"]);
  expect(text).toContain('users = ["a\\"\\n[[flow]]"]');
  expect(text).toContain('permissions = ["view", "edit"]');
  expect(text.match(/^\[\[flow\]\]$/gm)).toHaveLength(1);
});
