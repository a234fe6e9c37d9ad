import { beforeEach, describe, expect, test } from "vitest";
import { browser, type Around } from "./browser";
import { taken } from "./index";
import { events } from "./sse";
import { Unreachable, type Change, type Connection } from "./types";

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { date: "Sat, 21 Nov 2026 14:31:00 GMT", "content-type": "application/json" },
  });

interface Sent {
  path: string;
  headers: Record<string, string>;
}

/** A stream of server-sent events that a test writes. */
function stream(): { response: Response; say(text: string): void; end(): void } {
  let control: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (control = given) });
  return {
    response: new Response(body),
    say: (text) => control?.enqueue(new TextEncoder().encode(text)),
    end: () => control?.close(),
  };
}

describe("in a browser", () => {
  let sent: Sent[];
  let answers: Record<string, () => Response | Promise<Response>>;
  let waits: number[];
  let around: Around;
  beforeEach(() => {
    sent = [];
    waits = [];
    answers = { "/api/v1/session": () => json({ token: "t0ken" }) };
    around = {
      code: "c0de",
      fetch: (async (path: string, init: RequestInit) => {
        sent.push({ path, headers: init.headers as Record<string, string> });
        const answer = answers[path];
        if (!answer) throw new TypeError("refused");
        return answer();
      }) as typeof fetch,
      wait: (ms) => {
        waits.push(ms);
        return new Promise((go) => setTimeout(go));
      },
      leave: () => undefined,
      keep: () => undefined,
    };
  });

  test("the code is swapped once, and the token goes with every call", async () => {
    answers["/api/v1/me"] = () => json({ handle: "mira" });
    const bridge = browser(around);
    const [one] = await Promise.all([
      bridge.call("GET", "/api/v1/me"),
      bridge.call("GET", "/api/v1/me"),
    ]);
    expect(one).toEqual({
      status: 200,
      body: { handle: "mira" },
      date: "Sat, 21 Nov 2026 14:31:00 GMT",
    });
    expect(sent.map((each) => each.path)).toEqual(["/api/v1/session", "/api/v1/me", "/api/v1/me"]);
    expect(sent[0]?.headers).not.toHaveProperty("Authorization");
    expect(sent.slice(1).map((each) => each.headers["Authorization"])).toEqual(
      Array(2).fill("Bearer t0ken"),
    );
  });

  test("no answer is told apart from a refusal", async () => {
    answers["/api/v1/x"] = () => json({ code: "not_found", detail: "no" }, 404);
    const bridge = browser(around);
    expect((await bridge.call("GET", "/api/v1/x")).status).toBe(404);
    await expect(bridge.call("GET", "/api/v1/y")).rejects.toBeInstanceOf(Unreachable);
  });

  test("a code is swapped again when there was no answer the first time", async () => {
    const swap = answers["/api/v1/session"];
    delete answers["/api/v1/session"];
    const bridge = browser(around);
    await expect(bridge.call("GET", "/api/v1/me")).rejects.toBeInstanceOf(Unreachable);
    answers["/api/v1/session"] = swap ?? (() => json({}));
    answers["/api/v1/me"] = () => json({});
    expect((await bridge.call("GET", "/api/v1/me")).status).toBe(200);
  });

  test("a stream that breaks off goes on after the last change", async () => {
    const streams = [stream(), stream()];
    let opened = 0;
    answers["/api/v1/events"] = () =>
      streams[opened++]?.response ?? new Promise<Response>(() => undefined);
    const changes: Change[] = [];
    const states: Connection[] = [];
    const stop = browser(around).subscribe(
      (change) => changes.push(change),
      (state) => states.push(state),
    );
    streams[0]?.say('id: 7\ndata: {"seq":7,"kind":"grant.active","request":"R-1"}\n\n');
    await until(() => changes.length === 1);
    streams[0]?.end();
    await until(() => opened === 2);
    streams[1]?.say('id: 8\ndata: {"seq":8,"kind":"request.ended"}\n\n');
    await until(() => changes.length === 2);
    stop();
    const asked = sent.filter((each) => each.path === "/api/v1/events");
    expect(asked.map((each) => each.headers["Last-Event-ID"]).slice(0, 2)).toEqual([
      undefined,
      "7",
    ]);
    expect(states.map((each) => each.state)).toEqual(["connected", "offline", "connected"]);
  });

  test("while nobody answers it waits longer and longer, and after 15 seconds no more", async () => {
    const states: Connection[] = [];
    browser(around).subscribe(
      () => undefined,
      (state) => states.push(state),
    );
    await until(() => states.at(-1)?.state === "signed_out");
    expect(waits).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
    expect(states.at(-1)).toMatchObject({ why: expect.stringContaining("port closes") as string });
  });

  test("a backend that answers with anything else is there, however long", async () => {
    answers["/api/v1/events"] = () => json({ code: "unavailable" }, 503);
    const states: Connection[] = [];
    const stop = browser(around).subscribe(
      () => undefined,
      (state) => states.push(state),
    );
    await until(() => waits.length >= 9);
    stop();
    expect(waits.slice(0, 9)).toEqual([500, 1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000]);
    expect(states.every((each) => each.state === "offline")).toBe(true);
  });

  test("without a token it says how to get one, and stops asking", async () => {
    answers["/api/v1/session"] = () => json({ code: "unauthenticated", detail: "used" }, 401);
    answers["/api/v1/events"] = () => json({}, 401);
    const states: Connection[] = [];
    browser(around).subscribe(
      () => undefined,
      (state) => states.push(state),
    );
    await until(() => states.length > 0);
    expect(states).toEqual([
      {
        state: "signed_out",
        why: expect.stringContaining("good once and for 30 seconds") as string,
      },
    ]);
    expect(waits).toEqual([]);
  });

  test("a page that is loaded again has no code: its sign-in is over", async () => {
    answers["/api/v1/events"] = () => json({}, 401);
    const states: Connection[] = [];
    browser({ ...around, code: undefined }).subscribe(
      () => undefined,
      (state) => states.push(state),
    );
    await until(() => states.length > 0);
    expect(states).toMatchObject([
      { state: "signed_out", why: expect.stringContaining("loaded again") as string },
    ]);
    expect(sent.map((each) => each.path)).not.toContain("/api/v1/session");
  });
});

async function until(done: () => boolean): Promise<void> {
  for (let turns = 0; !done(); turns += 1) {
    if (turns > 2000) throw new Error("it did not come to that");
    await new Promise((go) => setTimeout(go));
  }
}

test("events are read however they are cut", async () => {
  const text =
    ': alive\n\nid: 1\r\ndata: {"a":\r\ndata: "ü"}\r\n\r\ndata:x\n\nid: 3\ndata: cut off';
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 7, bytes.length]) {
    const body = new ReadableStream<Uint8Array>({
      start(control) {
        for (let at = 0; at < bytes.length; at += size) control.enqueue(bytes.slice(at, at + size));
        control.close();
      },
    });
    const read = [];
    for await (const event of events(body)) read.push(event);
    expect(read).toEqual([
      { id: undefined, data: undefined },
      { id: "1", data: '{"a":\n"ü"}' },
      { id: undefined, data: "x" },
    ]);
  }
});

test("the code is taken out of the address, and the page stays", () => {
  const replaced: unknown[] = [];
  const where = (hash: string) =>
    ({
      location: { hash, pathname: "/index.html" },
      history: { replaceState: (_: unknown, __: string, to: string) => replaced.push(to) },
    }) as unknown as Pick<Window, "location" | "history">;
  expect(taken(where("#code=abc&page=/requests/R-1042"))).toBe("abc");
  expect(taken(where("#code=abc"))).toBe("abc");
  expect(taken(where("#/access"))).toBeUndefined();
  expect(replaced).toEqual(["/index.html#/requests/R-1042", "/index.html#/"]);
});
