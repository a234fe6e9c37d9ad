import type { Request } from "../lib/api/client";
import type { Item } from "../palette/rows";
import type { Answer, Bridge, Method } from "../lib/bridge/types";

/** A call that waits for its answer. */
export interface Call {
  method: Method;
  path: string;
  body: unknown;
  key: string | undefined;
  answer(status: number, body: unknown): Promise<void>;
  fail(error: Error): Promise<void>;
}

/** A bridge whose answers come when a test says so. */
export class Waiting implements Bridge {
  readonly calls: Call[] = [];

  call(method: Method, path: string, body?: unknown, key?: string): Promise<Answer> {
    return new Promise((answered, failed) => {
      this.calls.push({
        method,
        path,
        body,
        key,
        answer: (status, text) => settled(() => answered({ status, body: text })),
        fail: (error) => settled(() => failed(error)),
      });
    });
  }
  /** The call at `index`, from the end when below nothing. */
  at(index: number): Call {
    const found = this.calls.at(index);
    if (!found) throw new Error(`there is no call ${index} of ${this.calls.length}`);
    return found;
  }
  subscribe = () => () => undefined;
  exportLog = () => Promise.resolve(undefined);
  close = () => undefined;
}

/** After everything that waits for it went on. */
export async function settled(act: () => void): Promise<void> {
  act();
  for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
}

export const NOW = Date.parse("2026-11-21T14:31:00Z");

export function request(changes: Partial<Request> = {}): Request {
  return {
    number: "R-1042",
    id: "01",
    requester: "mira",
    flow: "customers",
    reason: "INC-4312",
    duration_seconds: 3600,
    submitted_at: "2026-11-21T14:31:00Z",
    status: "pending",
    label: "Pending",
    ends_alone: "If Bellhop is off at the deadline, access ends by itself",
    targets: ["k8s-demo/namespace/customer1:edit"],
    grants: [],
    open: 0,
    seen: "hash",
    waits: { approvers: ["ada", "ben"], for_you: false, lapses_at: "2026-11-21T18:31:00Z" },
    ...changes,
  };
}

export function item(resource: string, permission = "view", changes: Partial<Item> = {}): Item {
  return {
    target: `k8s/namespace/${resource}:${permission}`,
    integration: "k8s",
    type: "namespace",
    resource,
    permission,
    flow: "f",
    flow_name: "F",
    approval: "automatic",
    approvers: [],
    default_seconds: 3600,
    max_seconds: 7200,
    reason_required: false,
    ...changes,
  };
}
