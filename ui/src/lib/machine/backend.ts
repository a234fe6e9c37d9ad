import type { Client } from "../api/client";
import type { Machine } from "./types";

/** The machine that the backend runs on, for whoever owns it. */
export function throughTheBackend(client: Client): Machine {
  return {
    contexts: () => client.call("list_contexts"),
    hop: (name) => client.call("hop", { body: name === undefined ? { back: true } : { name } }),
    use: (request, namespace) =>
      client.call("use_access", { body: { request, ...(namespace ? { namespace } : {}) } }),
  };
}
