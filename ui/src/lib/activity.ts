import type { IconName } from "../components/icons";
import type { Schemas } from "./api/client";
import type { Family } from "./states";

export type Entry = Schemas["AuditEntry"];

/** One row of the audit log, in its parts. What does not read is left out. */
export interface Row {
  seq: number;
  at: string;
  kind: string;
  /** Handle of whoever did it; nothing for Bellhop itself. */
  who: string | undefined;
  /** The request's number. */
  request: string | undefined;
  /** What was set up, when it is no request. */
  name: string | undefined;
  targets: readonly string[];
  before: unknown;
  after: unknown;
  hash: string;
}

export function row({
  event,
  hash,
  targets,
}: Pick<Entry, "hash" | "targets"> & { event: unknown }): Row {
  const text = (...path: string[]) => {
    const found = path.reduce<unknown>((from, key) => field(from, key), event);
    return typeof found === "string" ? found : undefined;
  };
  const seq = field(event, "seq");
  return {
    seq: typeof seq === "number" ? seq : 0,
    at: text("at") ?? "",
    kind: text("kind") ?? "",
    who: text("actor", "handle"),
    request: text("subject", "number"),
    name: text("subject", "name"),
    targets: targets ?? [],
    before: field(event, "before"),
    after: field(event, "after"),
    hash,
  };
}

function field(from: unknown, key: string): unknown {
  return typeof from === "object" && from !== null ? Reflect.get(from, key) : undefined;
}

export interface Did {
  words: string;
  icon: IconName;
  family: Family;
}

const DID: Record<string, Did> = {
  "request.submitted": { words: "Asked for", icon: "arrow-up", family: "wait" },
  "request.approved": { words: "Approved", icon: "check", family: "ok" },
  "request.denied": { words: "Denied", icon: "octagon-x", family: "bad" },
  "request.withdrawn": { words: "Withdrew", icon: "minus-circle", family: "done" },
  "request.lapsed": { words: "No answer", icon: "hourglass", family: "done" },
  "request.flow_changed": { words: "Asked anew", icon: "flow", family: "work" },
  "request.extension_asked": { words: "Asked for more time", icon: "extend", family: "wait" },
  "request.extended": { words: "Extended", icon: "extend", family: "ok" },
  "request.extension_denied": { words: "Denied more time", icon: "octagon-x", family: "bad" },
  "request.extension_lapsed": { words: "No answer", icon: "hourglass", family: "done" },
  "request.active": { words: "All open", icon: "active", family: "ok" },
  "request.revoking": { words: "Ending", icon: "circle-dashed", family: "work" },
  "request.ended": { words: "All ended", icon: "hourglass", family: "done" },
  "request.failed": { words: "Failed", icon: "triangle-alert", family: "bad" },
  "grant.scheduled": { words: "To be granted", icon: "clock", family: "work" },
  "grant.applying": { words: "Setting up", icon: "circle-dashed", family: "work" },
  "grant.observed": { words: "Looked first", icon: "search", family: "work" },
  "grant.verifying": { words: "Checking", icon: "circle-dashed", family: "work" },
  "grant.active": { words: "Granted", icon: "key", family: "ok" },
  "grant.revoking": { words: "Taking away", icon: "circle-dashed", family: "work" },
  "grant.ended": { words: "Ended", icon: "hourglass", family: "done" },
  "grant.apply_failed": { words: "Failed to grant", icon: "triangle-alert", family: "bad" },
  "grant.revoke_stuck": { words: "May still be open", icon: "triangle-alert", family: "bad" },
};

/** What ended it: the reasons of the API, in the words of the states. */
const ENDED: Record<string, Pick<Did, "words" | "icon">> = {
  expired: { words: "Expired", icon: "hourglass" },
  returned: { words: "Returned", icon: "returned" },
  revoked: { words: "Revoked", icon: "circle-slash" },
  drift: { words: "Removed outside", icon: "circle-slash" },
  gone: { words: "Target gone", icon: "minus-circle" },
  ineligible: { words: "No longer eligible", icon: "circle-slash" },
};

const NOUNS: Record<string, IconName> = {
  integration: "integrations",
  flow: "flow",
  person: "person",
  drift: "triangle-alert",
};

/** What happened, in words. A kind that is newer than this page is shown as it is called. */
export function did({ kind, after }: Pick<Row, "kind" | "after">): Did {
  const known = DID[kind];
  if (kind === "grant.ended" && known) {
    const reason =
      field(after, "reason") ?? field(field(field(after, "ending"), "cause"), "reason");
    const ended = typeof reason === "string" ? ENDED[reason] : undefined;
    return { ...known, ...ended };
  }
  if (known) return known;
  const [noun = "", ...rest] = kind.split(".");
  const words = [noun, ...rest].join(" ").replaceAll("_", " ");
  return {
    words: words.charAt(0).toUpperCase() + words.slice(1),
    icon: NOUNS[noun] ?? "info",
    family: noun === "drift" ? "bad" : "work",
  };
}

/** One thing that is another than before. */
export interface Difference {
  place: string;
  before: string | undefined;
  after: string | undefined;
}

/** How a thing differs from what it was, one line for each of its values. */
export function differences(before: unknown, after: unknown): Difference[] {
  const [old, now] = [values(before), values(after)];
  const places = [...new Set([...old.keys(), ...now.keys()])];
  return places
    .map((place) => ({ place, before: old.get(place), after: now.get(place) }))
    .filter((each) => each.before !== each.after);
}

/** All values in it, by where they are: "duration seconds" to "3600". */
function values(of: unknown): Map<string, string> {
  const found = new Map<string, string>();
  walk(of, [], found);
  return found;
}

function walk(value: unknown, place: string[], found: Map<string, string>): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    const plain = value.every((each) => typeof each !== "object");
    if (plain) found.set(place.join(" "), value.map(String).join(", "));
    else value.forEach((each, index) => walk(each, [...place, String(index + 1)], found));
    return;
  }
  if (typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) {
      walk(inner, [...place, key.replaceAll("_", " ")], found);
    }
    return;
  }
  found.set(place.join(" "), String(value));
}
