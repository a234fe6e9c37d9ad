import type { IconName } from "../components/icons";
import type { Schemas } from "./api/client";
import type { Family } from "./states";
import { sentence } from "./api/trouble";
import { ago, clock, localised } from "./time";

export type Integration = Schemas["Integration"];

/** How a connected system is, in words: the same in the list and on its own page. */
export interface Health {
  family: Family;
  icon: IconName;
  label: string;
  /** Since when, why, what stops working and when it is tried again. */
  more: string;
}

/** Whether somebody has to do something about it. One that nobody connected yet waits, no more. */
export function isTroubled(one: Integration): boolean {
  return health(one, 0).family === "bad" || health(one, 0).family === "wait";
}

export function isConnected(one: Integration): boolean {
  return (one.server ?? undefined) !== undefined;
}

export function health(one: Integration, now: number): Health {
  const why = told(one, one.why, now);
  const [failing] = one.failing ?? [];
  if (one.status === "disabled") {
    return { family: "done", icon: "circle-slash", label: "Being disconnected", more: why };
  }
  if (!isConnected(one)) {
    const more = "Nothing can be asked for there until it is connected.";
    return { family: "done", icon: "minus-circle", label: "Not connected", more };
  }
  if (one.status === "error") {
    return { family: "bad", icon: "triangle-alert", label: "Does not work", more: why };
  }
  if (one.status === "degraded") {
    const again = failing ? ` Tried again at ${clock(failing.next_at, now)}.` : "";
    const rights = /lacks rights/.test(one.why);
    return rights
      ? { family: "wait", icon: "lock", label: "Rights are missing", more: why }
      : { family: "bad", icon: "triangle-alert", label: "Does not answer", more: why + again };
  }
  if (one.why !== "") {
    return { family: "wait", icon: "clock", label: "Will stop working", more: why };
  }
  if (failing) {
    const times = failing.times === 1 ? "once" : `${failing.times} times`;
    return {
      family: "wait",
      icon: "clock",
      label: "Does not do all it should",
      more: `${sentence(`${failing.what} failed ${times}`)} ${told(one, failing.why, now)} Tried again at ${clock(failing.next_at, now)}.`,
    };
  }
  return { family: "ok", icon: "check-circle", label: "Healthy", more: listed(one, now) };
}

/** When it was last read what can be asked for there. */
export function listed(one: Integration, now: number): string {
  return one.synced_at ? `Listed ${ago(one.synced_at, now)}.` : "Not listed yet.";
}

/** "3 namespaces offered" */
export function offered(one: Integration): string {
  if (!isConnected(one) || !one.synced_at) return "nothing listed yet";
  return one.resources === 1 ? "1 namespace offered" : `${one.resources ?? 0} namespaces offered`;
}

/** A reason without the name that stands beside it, in times of this clock. */
export function told(one: Pick<Integration, "name">, why: string, now: number): string {
  const rest = why.startsWith(`${one.name}: `) ? why.slice(one.name.length + 2) : why;
  return rest === "" ? "" : localised(sentence(rest), now);
}

/** As many as fit without scrolling; beyond that trouble comes first. */
const FEW = 12;

export function sorted(all: readonly Integration[]): Integration[] {
  const byName = all.toSorted((one, other) => one.name.localeCompare(other.name));
  if (byName.length <= FEW) return byName;
  return byName.toSorted((one, other) => Number(isTroubled(other)) - Number(isTroubled(one)));
}

/** "2 connected, 1 needs attention" */
export function counted(all: readonly Integration[]): string {
  const connected = all.filter(isConnected).length;
  const troubled = all.filter(isTroubled).length;
  const words = `${connected} connected`;
  if (troubled === 0) return words;
  return `${words}, ${troubled} ${troubled === 1 ? "needs" : "need"} attention`;
}

/** What ends at a deadline with Bellhop off. */
export function endsAlone(one: Integration): string {
  const ends = one.ends_alone;
  if (!ends) return "Not known until it is connected.";
  if (ends.ends === "new_sign_ins")
    return "New sign-ins end on time. What is open stays open until Bellhop is back.";
  if (ends.ends === "nothing") return "Nothing ends until Bellhop is back.";
  const minutes = Math.ceil(ends.at_most_late_seconds / 60);
  return `Everything still ends, at most ${minutes} minutes late.`;
}

/** A name for a system, made of its context's: 1 to 40 of a-z, 0-9 and -. */
export function suggested(context: string, taken: readonly string[]): string {
  const plain = context
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 36)
    .replace(/^-+|-+$/g, "");
  const name = plain === "" ? "k8s" : plain;
  for (let number = 1; ; number += 1) {
    const tried = number === 1 ? name : `${name}-${number}`;
    if (!taken.includes(tried)) return tried;
  }
}

/** What a flow for a new system looks like, to begin with. Names are of letters, digits and "-". */
export function firstFlow(name: string, handle: string, offers: readonly string[]): string {
  const toml = (text: string) => JSON.stringify(text);
  const permissions = (offers.length > 0 ? offers : ["view"]).map(toml).join(", ");
  return `[[flow]]
id = ${toml(`${name.slice(0, 33)}-access`)}
name = ${toml(`Access to ${name}`)}
requesters = { users = [${toml(handle)}] }
duration = { default = "1h", max = "8h" }
  [[flow.target]]
  integration = ${toml(name)}
  type = "namespace"
  resources = ["*"]
  permissions = [${permissions}]
  [flow.approval]
  mode = "automatic"
`;
}
