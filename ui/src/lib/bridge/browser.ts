import { events } from "./sse";
import { Unreachable, type Answer, type Bridge, type Change, type Connection } from "./types";

/** How long to wait before the event stream is opened again: from, and at most. In milliseconds. */
const AGAIN = { first: 500, most: 5000 };

/** For how long nobody may answer, before the port is taken to be gone. In milliseconds. */
const GONE = 15_000;

const SIGNED_OUT =
  "This page's sign-in is over: it lives in memory, until the page is loaded again, and as long as " +
  "the backend's port, which closes after 15 minutes without a call.";
const OLD_CODE =
  "The code in this page's address is good once and for 30 seconds, and this one is over.";
const NOBODY =
  "Nobody answers where this page came from. That port closes after 15 minutes without a call, and " +
  "when the backend stops; the next one is another.";

/** What a page needs of its surroundings. Tests put others in. */
export interface Around {
  fetch: typeof fetch;
  /** The one-time code that the address came with, if it did. */
  code: string | undefined;
  wait(ms: number): Promise<void>;
  leave(): void;
  /** Offers a file as a download. */
  keep(file: Blob, name: string): void;
}

/** The bridge in a browser, on the backend's loopback port. The token is in memory alone. */
export function browser(around: Around): Bridge {
  let token: string | undefined;
  let over: ((state: Connection) => void) | undefined;
  let entering: Promise<void> | undefined;
  let why = SIGNED_OUT;

  async function enter(): Promise<void> {
    const { code } = around;
    if (code === undefined) return;
    const answer = await sent(around, "POST", "/api/v1/session", { body: { code } });
    const body = answer.body as { token?: unknown } | null;
    if (answer.status === 200 && typeof body?.token === "string") token = body.token;
    else why = OLD_CODE;
  }

  /** The code is swapped once, by whoever comes first; again only when there was no answer. */
  function entered(): Promise<void> {
    entering ??= enter().catch((error: unknown) => {
      entering = undefined;
      throw error;
    });
    return entering;
  }

  function signedOut(): void {
    over?.({ state: "signed_out", why });
  }

  return {
    async call(method, path, body, key) {
      await entered();
      const answer = await sent(around, method, path, { body, key, token });
      if (answer.status === 401) signedOut();
      return answer;
    },
    subscribe(onChange, onState) {
      const stop = new AbortController();
      over = onState;
      const follow = { around, stop: stop.signal, token: () => token, onChange, onState };
      void entered().then(
        () => followed(follow, signedOut),
        () => followed(follow, signedOut),
      );
      return () => stop.abort();
    },
    async exportLog(format) {
      await entered();
      const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
      const path = `/api/v1/audit/export?format=${format}`;
      const answer = await fetched(around, path, headers);
      if (answer.status === 401) signedOut();
      if (!answer.ok) throw new Unreachable(`The log was not given (status ${answer.status}).`);
      around.keep(await answer.blob(), `bellhop-audit.${format}`);
      return undefined;
    },
    close: () => around.leave(),
  };
}

interface Sent {
  body?: unknown;
  key?: string | undefined;
  token?: string | undefined;
}

async function sent(around: Around, method: string, path: string, with_: Sent): Promise<Answer> {
  const headers: Record<string, string> = {};
  if (with_.token !== undefined) headers["Authorization"] = `Bearer ${with_.token}`;
  if (with_.key !== undefined) headers["Idempotency-Key"] = with_.key;
  const init: RequestInit = { method, headers, cache: "no-store", credentials: "omit" };
  if (with_.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(with_.body);
  }
  try {
    const response = await around.fetch(path, init);
    const text = await response.text();
    const isText = /^text\/plain\b/.test(response.headers.get("content-type") ?? "");
    const answer: Answer = { status: response.status, body: isText ? text : json(text) };
    const date = response.headers.get("date");
    return date === null ? answer : { ...answer, date };
  } catch (error) {
    throw new Unreachable(`The backend did not answer: ${String(error)}`);
  }
}

async function fetched(
  around: Around,
  path: string,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    return await around.fetch(path, { headers, cache: "no-store", credentials: "omit" });
  } catch (error) {
    throw new Unreachable(`The backend did not answer: ${String(error)}`);
  }
}

function json(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Something between page and backend answered. Its words are of no use to anybody here.
    return null;
  }
}

interface Follow {
  around: Around;
  stop: AbortSignal;
  token: () => string | undefined;
  onChange: (change: Change) => void;
  onState: (state: Connection) => void;
}

/** How a stream ended, and why. */
type End =
  | { end: "signed out" }
  | { end: "broken"; why: string }
  /** There was none: nobody answered at all. */
  | { end: "nobody"; why: string };

/** Keeps the event stream open, and begins where it broke off. */
async function followed(follow: Follow, signedOut: () => void): Promise<void> {
  const place: { last: string | undefined } = { last: undefined };
  let [pause, waited] = [AGAIN.first, 0];
  while (!follow.stop.aborted) {
    const ended = await streamed(follow, place, () => ([pause, waited] = [AGAIN.first, 0]));
    if (follow.stop.aborted) return;
    if (ended.end === "signed out") return signedOut();
    if (ended.end === "broken") waited = 0;
    // A backend that comes back has another port: this page cannot come back to it.
    if (waited >= GONE) return follow.onState({ state: "signed_out", why: NOBODY });
    follow.onState({ state: "offline", why: ended.why });
    await follow.around.wait(pause);
    waited += pause;
    pause = Math.min(pause * 2, AGAIN.most);
  }
}

/** One stream, to its end. */
async function streamed(
  { around, stop, token, onChange, onState }: Follow,
  place: { last: string | undefined },
  opened: () => void,
): Promise<End> {
  const headers: Record<string, string> = { Authorization: `Bearer ${token() ?? ""}` };
  if (place.last !== undefined) headers["Last-Event-ID"] = place.last;
  let response: Response;
  try {
    response = await around.fetch("/api/v1/events", { headers, signal: stop });
  } catch (error) {
    return { end: "nobody", why: `The backend did not answer: ${String(error)}` };
  }
  if (response.status === 401) return { end: "signed out" };
  if (!response.ok || response.body === null) {
    // A place that is not there, for one: pages read anew when they are connected again.
    place.last = undefined;
    const why = `The backend tells of no changes (status ${response.status}).`;
    return { end: "broken", why };
  }
  opened();
  onState({ state: "connected" });
  try {
    for await (const event of events(response.body)) {
      if (event.id !== undefined) place.last = event.id;
      if (event.data !== undefined) onChange(JSON.parse(event.data) as Change);
    }
    return { end: "broken", why: "The backend ended the stream of changes." };
  } catch (error) {
    return { end: "broken", why: `The stream of changes broke off: ${String(error)}` };
  }
}
