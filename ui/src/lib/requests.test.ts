import { beforeEach, expect, test } from "vitest";
import { Waiting, request } from "../testing/bridge";
import { Client } from "./api/client";
import { Unreachable } from "./bridge/types";
import { Requests } from "./requests.svelte";

let bridge: Waiting;
let requests: Requests;
beforeEach(() => {
  bridge = new Waiting();
  requests = new Requests(new Client(bridge));
});

test("of two answers the one to the later question counts", async () => {
  const loading = requests.load();
  const reading = requests.refresh("R-1042");
  const [newest, open, one] = bridge.calls;
  expect([newest?.path, open?.path, one?.path]).toEqual([
    "/api/v1/requests?limit=50",
    "/api/v1/requests?open=true&limit=200",
    "/api/v1/requests/R-1042",
  ]);
  await one?.answer(200, request({ status: "active", label: "Active" }));
  await reading;
  await open?.answer(200, { items: [request()] });
  await newest?.answer(200, { items: [request()] });
  await loading;
  expect(requests.get("R-1042")?.status).toBe("active");
});

test("many changes of one request are read once at a time, and the last one is seen", async () => {
  const first = requests.refresh("R-1042");
  for (let change = 0; change < 50; change += 1) void requests.refresh("R-1042");
  expect(bridge.calls).toHaveLength(1);
  await bridge.at(0).answer(200, request());
  expect(bridge.calls).toHaveLength(2);
  await bridge.at(1).answer(200, request({ status: "active", label: "Active" }));
  await first;
  expect(bridge.calls).toHaveLength(2);
  expect(requests.get("R-1042")?.label).toBe("Active");
});

test("a failed reading is told, and the next one is not in its way", async () => {
  const failing = requests.refresh("R-1042").catch((error: unknown) => error);
  await bridge.at(0).fail(new Unreachable("gone"));
  expect(await failing).toBeInstanceOf(Error);
  void requests.refresh("R-1042");
  expect(bridge.calls).toHaveLength(2);
});

test("all open requests are read, over pages", async () => {
  const loading = requests.load();
  await bridge.at(0).answer(200, { items: [] });
  await bridge.at(1).answer(200, { items: [request({ number: "R-2" })], next: "n" });
  expect(bridge.at(2).path).toBe("/api/v1/requests?open=true&limit=200&cursor=n");
  await bridge.at(2).answer(200, { items: [request({ number: "R-1" })], next: null });
  await loading;
  expect(requests.all.map((each) => each.number).toSorted()).toEqual(["R-1", "R-2"]);
  expect(requests.loaded).toBe("loaded");
});

test("without a first answer it says that it failed, and keeps what it had later", async () => {
  let loading = requests.load();
  await bridge.at(0).fail(new Unreachable("no"));
  await bridge.at(1).answer(200, { items: [] });
  await loading;
  expect(requests.loaded).toBe("failed");
  loading = requests.load();
  await bridge.at(2).answer(200, { items: [request()] });
  await bridge.at(3).answer(200, { items: [] });
  await loading;
  loading = requests.load();
  await bridge.at(4).answer(503, { code: "unavailable", detail: "it is down", title: "Away" });
  await bridge.at(5).answer(200, { items: [] });
  await loading;
  expect(requests.loaded).toBe("loaded");
  expect(requests.trouble?.why).toBe("It is down.");
  expect(requests.all).toHaveLength(1);
});

test("what ended while nobody told is read, or forgotten", async () => {
  const many = Array.from({ length: 30 }, (_, at) =>
    request({ number: `R-${at}`, submitted_at: new Date(at * 1000).toISOString() }),
  );
  let loading = requests.load();
  await bridge.at(0).answer(200, { items: [] });
  await bridge.at(1).answer(200, { items: many });
  await loading;
  loading = requests.load();
  await bridge.at(2).answer(200, { items: [] });
  await bridge.at(3).answer(200, { items: many.slice(0, 1) });
  expect(requests.all).toHaveLength(21);
  for (const call of bridge.calls.slice(4)) {
    const number = call.path.split("/").at(-1) ?? "";
    await call.answer(200, request({ number, status: "ended", label: "Expired" }));
  }
  await loading;
  expect(bridge.calls).toHaveLength(24);
  expect(requests.all.filter((each) => each.status === "pending")).toHaveLength(1);
});
