import type { Machine } from "../machine/types";
import type { Keeper } from "../settings/types";

/**
 * The one way from a page to the backend. A page knows no address and no token: it names a call of
 * `/api/v1` and gets the answer, and it is told when something changed.
 *
 * There are two transports behind it, which pages cannot tell apart:
 *
 * **In the app** (`tauri.ts`). The app has to offer exactly this, and nothing more:
 *
 * - command `api`: `invoke("api", { method, path, body, key })`, where `method` is `"GET"` or
 *   `"POST"`, `path` begins with `/api/v1/` and may have a query, `body` is JSON or `null`, and `key`
 *   is the `Idempotency-Key` or `null`. It resolves to `{ status: number, body: JSON | null }` for
 *   every answer of the backend, refusals included, and rejects with a sentence (a string) when there
 *   was no answer. It may also give `date`, the answer's header `Date`.
 * - commands `contexts`, `hop` and `use_access`: what `Machine` says (`../machine`), for the machine
 *   that the app runs on. Each rejects with a sentence that says why not.
 * - commands `settings` and `change_settings`: what `Keeper` says (`../settings`). Both resolve to all
 *   settings; a change that is refused rejects with a sentence. Event `settings`: somebody changed one.
 * - command `export_log`: `invoke("export_log", { format })` writes the audit log into the downloads and
 *   resolves to the file's name, or rejects with a sentence.
 * - command `try_sample`: opens a second Bellhop on a sample cluster, and resolves when that one was quit;
 *   rejects with a sentence.
 * - command `close_window`: `invoke("close_window")` closes the window that calls.
 * - event `change` (emitted to the window): `{ seq, kind, request }`, the API's `Change`.
 * - event `connection`: `{ state: "connected" }`, `{ state: "connecting" }` or
 *   `{ state: "offline", why }`, whenever that changes. Until the first one, the answers of calls
 *   tell. After each `connected` pages read anew what they show, so the app need not tell again what
 *   changed in between.
 *
 * The capability of a window needs the commands, `core:event:allow-listen` and
 * `core:event:allow-unlisten`.
 *
 * Windows are `index.html#/access`, `#/approvals`, `#/requests/R-1042`, `#/trouble/tray`,
 * `#/trouble/shortcut`, `#/trouble/backend`, `#/settings`, `#/contexts` and `#/contexts/NAME/confirm`, each followed
 * when it changes; and `palette.html`, or `palette.html#/R-1042` for what became of a request.
 *
 * **In a browser** (`browser.ts`): fetch on the loopback port, with a token in memory.
 */
export interface Bridge {
  call(method: Method, path: string, body?: unknown, key?: string): Promise<Answer>;
  /** Tells of changes and of the connection until the function that it returns is called. */
  subscribe(onChange: (change: Change) => void, onState: (state: Connection) => void): () => void;
  /**
   * Puts the whole audit log where the person's downloads are. Resolves to the file's name where the
   * page may know it; a browser says it itself.
   */
  exportLog(format: "jsonl" | "csv"): Promise<string | undefined>;
  /** Closes the window, or does what comes nearest. */
  close(): void;
  /** This machine, in the app. A browser reaches it through the backend, if that runs on it. */
  machine?: Machine;
  /** The settings of this machine. Only in the app. */
  settings?: Keeper;
  /**
   * Opens a second Bellhop on a sample cluster, and resolves when that one was quit and all of it is
   * gone. Only in the app.
   */
  trySample?(): Promise<void>;
}

export type Method = "GET" | "POST";

export interface Answer {
  status: number;
  body: unknown;
  /** The server's clock as the answer left, where the transport tells (header `Date`). */
  date?: string;
}

/** One change, as `GET /api/v1/events` tells it. */
export interface Change {
  seq: number;
  kind: string;
  request?: string | null;
}

export type Connection =
  | { state: "connecting" }
  | { state: "connected" }
  | { state: "offline"; why: string }
  /** In a browser only: the token is gone, and only `bellhop open` gives another. */
  | { state: "signed_out"; why: string };

/** There was no answer. Whether the call arrived is not known. */
export class Unreachable extends Error {
  override name = "Unreachable";
}
