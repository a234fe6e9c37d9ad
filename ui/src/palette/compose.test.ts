import { beforeEach, describe, expect, test, vi } from "vitest";
import { Client } from "../lib/api/client";
import { Unreachable } from "../lib/bridge/types";
import { NOW, Waiting, item, request, settled } from "../testing/bridge";
import { Compose, promise } from "./compose.svelte";
import { Memory } from "./memory";

const kept = () => {
  const all = new Map<string, string>();
  return {
    getItem: (key: string) => all.get(key) ?? null,
    setItem: (key: string, value: string) => void all.set(key, value),
  };
};
const planned = {
  targets: ["k8s/namespace/a:view"],
  under: { ...item("a"), flow: "f" },
  duration_seconds: 3600,
  deadline: new Date(NOW + 3_600_000).toISOString(),
  decided_by: [],
  ends_alone: "It ends by itself at most 10 minutes later",
  refusal: null,
};

describe("asking", () => {
  let bridge: Waiting;
  let compose: Compose;
  let memory: Memory;
  beforeEach(() => {
    vi.useFakeTimers();
    bridge = new Waiting();
    memory = new Memory("reasons", kept());
    compose = new Compose(new Client(bridge), memory);
    compose.pick(item("a"));
    return () => vi.useRealTimers();
  });

  test("sends nothing before what would come of it was answered", async () => {
    const sending = compose.send();
    expect(bridge.calls.map((call) => call.path)).toEqual(["/api/v1/requests/preview"]);
    await bridge.at(0).answer(200, { requests: [planned] });
    expect(compose.planned?.ends_alone).toMatch(/10 minutes/);
    expect(bridge.at(1).path).toBe("/api/v1/requests");
    await bridge.at(1).answer(200, request());
    expect((await sending)?.number).toBe("R-1042");
  });

  test("sends nothing that would be refused", async () => {
    const sending = compose.send();
    const refusal = { code: "not_entitled", detail: "outside of the flow's hours" };
    await bridge.at(0).answer(200, { requests: [{ ...planned, refusal }] });
    expect(await sending).toBeUndefined();
    expect(bridge.calls).toHaveLength(1);
  });

  test("is done once, however often the same is sent", async () => {
    const keys: (string | undefined)[] = [];
    for (const again of [0, 1, 2]) {
      const sending = compose.send();
      if (again === 0) await bridge.at(0).answer(200, { requests: [planned] });
      await settled(() => void compose.send());
      keys.push(bridge.at(-1).key);
      await bridge.at(-1).fail(new Unreachable("lost"));
      expect(await sending).toBeUndefined();
      expect(compose.trouble?.why).toMatch(/Sending it again is safe/);
    }
    expect(bridge.calls).toHaveLength(4);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(keys).size).toBe(1);
    compose.seconds = 7200;
    const other = compose.send();
    await bridge.at(-1).answer(200, { requests: [planned] });
    expect(bridge.at(-1).key).not.toBe(keys[0]);
    await bridge.at(-1).answer(200, request());
    await other;
  });

  test("asks for a reason where the flow does, and remembers it for the target", async () => {
    const strict = item("b", "edit", { reason_required: true });
    compose.pick(strict);
    compose.reason = "  ";
    expect(await compose.send()).toBeUndefined();
    expect(compose.missing).toBe(true);
    expect(bridge.calls).toHaveLength(0);
    compose.reason = " INC-4312 ";
    const sending = compose.send();
    await bridge.at(0).answer(200, { requests: [planned] });
    expect(bridge.at(1).body).toEqual({
      targets: [strict.target],
      duration_seconds: 3600,
      reason: "INC-4312",
    });
    await bridge.at(1).answer(200, request());
    await sending;
    compose.pick(item("a"));
    expect(compose.reason).toBe("");
    compose.pick(strict);
    expect(compose.reason).toBe("INC-4312");
  });

  test("a reason that was typed stays when another target comes up", async () => {
    compose.reason = "INC-4312";
    compose.pick(item("b"));
    expect(compose.reason).toBe("INC-4312");
    const sending = compose.send();
    await bridge.at(0).answer(200, { requests: [planned] });
    await bridge.at(1).answer(200, request());
    await sending;
    compose.pick(item("a"));
    expect(compose.reason).toBe("");
    // One that is only remembered is of its own target alone.
    compose.pick(item("b"));
    expect(compose.reason).toBe("INC-4312");
    compose.pick(item("a"));
    expect(compose.reason).toBe("");
  });

  test("a preview of something else is not shown", async () => {
    const asking = compose.preview();
    compose.seconds = 60;
    await bridge.at(0).answer(200, { requests: [planned] });
    await asking;
    expect(compose.planned).toBeUndefined();
  });
});

test("what would come of it is a sentence", () => {
  expect(promise(planned, NOW).text).toMatch(
    /^Granted automatically until .+\. It ends by itself at most 10 minutes later\.$/,
  );
  const people = {
    ...planned,
    under: { ...planned.under, approval: "ada" },
    decided_by: ["ada", "ben"],
  };
  expect(promise(people, NOW).text).toMatch(
    /^Asks ada or ben\. Ends 1 hour after it is approved\./,
  );
  expect(promise({ ...people, decided_by: [] }, NOW).bad).toBe(true);
  const refusal = { code: "forbidden" as const, detail: "the flow is closed now" };
  expect(promise({ ...planned, refusal }, NOW)).toEqual({
    text: "The flow is closed now.",
    bad: true,
  });
});

describe("memory", () => {
  test("keeps the newest", () => {
    const memory = new Memory("reasons", kept());
    for (let at = 0; at < 150; at += 1) memory.set(`k${at}`, "v");
    expect(memory.get("k149")).toBe("v");
    expect(memory.get("k1")).toBeUndefined();
  });
  test("does without a storage, and with one that is broken", () => {
    const broken = { getItem: () => "{nonsense", setItem: () => expect.fail("full") };
    for (const place of [undefined, { ...broken, setItem: () => undefined }]) {
      const memory = new Memory("reasons", place);
      memory.set("k", "v");
      expect(memory.get("k")).toBeUndefined();
    }
  });
});
