import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tauri } from "./tauri";
import { Unreachable, type Change, type Connection } from "./types";

type Handler = (event: { payload: unknown }) => void;
let asked: [string, unknown][];
let handlers: Map<string, Handler>;
let answer: () => unknown;

beforeEach(() => {
  asked = [];
  handlers = new Map();
  answer = () => ({ status: 200, body: {} });
  const callbacks: Handler[] = [];
  vi.stubGlobal("window", {
    __TAURI_INTERNALS__: {
      transformCallback: (callback: Handler) => callbacks.push(callback) - 1,
      async invoke(command: string, given: { event: string; handler: number }) {
        asked.push([command, given]);
        const handler = callbacks[given?.handler];
        if (command === "plugin:event|listen" && handler) handlers.set(given.event, handler);
        return command === "api" ? answer() : 1;
      },
    },
    __TAURI_EVENT_PLUGIN_INTERNALS__: { unregisterListener: () => undefined },
  });
});
afterEach(() => vi.unstubAllGlobals());

test("a call is the one command, with nothing left out", async () => {
  answer = () => ({ status: 409, body: { code: "conflict" } });
  const bridge = tauri();
  expect(await bridge.call("POST", "/api/v1/requests", { targets: [] }, "k")).toEqual({
    status: 409,
    body: { code: "conflict" },
  });
  await bridge.call("GET", "/api/v1/me");
  bridge.close();
  expect(asked).toEqual([
    ["api", { method: "POST", path: "/api/v1/requests", body: { targets: [] }, key: "k" }],
    ["api", { method: "GET", path: "/api/v1/me", body: null, key: null }],
    ["close_window", {}],
  ]);
});

test("a sentence instead of an answer means that there was none", async () => {
  answer = () => Promise.reject("No backend answers");
  const failed = await tauri()
    .call("GET", "/api/v1/me")
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Unreachable);
  expect((failed as Error).message).toBe("No backend answers");
});

test("changes and the connection are told as they are sent", async () => {
  const changes: Change[] = [];
  const states: Connection[] = [];
  const stop = tauri().subscribe(
    (change) => changes.push(change),
    (state) => states.push(state),
  );
  await vi.waitFor(() => expect(handlers.size).toBe(2));
  const change = { seq: 7, kind: "grant.active", request: "R-1" };
  handlers.get("change")?.({ payload: change });
  handlers.get("connection")?.({ payload: { state: "offline", why: "it ended" } });
  expect(changes).toEqual([change]);
  expect(states).toEqual([{ state: "offline", why: "it ended" }]);
  stop();
  await vi.waitFor(() => {
    const ended = asked.filter(([command]) => command === "plugin:event|unlisten");
    expect(ended).toHaveLength(2);
  });
});
