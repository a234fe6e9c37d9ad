import { Refused } from "../api/client";
import type { Contexts, Hopped, Machine } from "./types";

type Invoke = (command: string, given: Record<string, unknown>) => Promise<unknown>;

/** The machine in a window of the app: a command each. What went wrong comes as a sentence. */
export function inTheApp(invoke: Invoke): Machine {
  async function asked<T>(command: string, given: Record<string, unknown> = {}): Promise<T> {
    try {
      return (await invoke(command, given)) as T;
    } catch (why) {
      throw onThisMachine(typeof why === "string" ? why : "The app did not answer.");
    }
  }
  return {
    contexts: () => asked<Contexts>("contexts"),
    hop: (name) => asked<Hopped>("hop", { name: name ?? null }),
    use: (request, namespace) =>
      asked<Hopped>("use_access", { request, namespace: namespace ?? null }),
  };
}

/** As the backend says it of its own machine. */
export function onThisMachine(detail: string): Refused {
  const title = "It did not work on this machine";
  return new Refused({
    type: "about:blank",
    title,
    status: 409,
    code: "workstation_failed",
    detail,
  });
}
