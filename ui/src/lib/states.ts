import type { IconName } from "../components/icons";
import type { Request, Schemas } from "./api/client";
import { SOON } from "./time";

/** The hue of a state. Icon and word always go with it. */
export type Family = "ok" | "wait" | "work" | "bad" | "done";

export interface State {
  label: string;
  icon: IconName;
  family: Family;
}

type Status = Request["status"];

/** Every status of the API. A new one fails the build until it has its words and its icon. */
const BY_STATUS = {
  pending: { label: "Pending", icon: "clock", family: "wait" },
  denied: { label: "Denied", icon: "octagon-x", family: "bad" },
  withdrawn: { label: "Withdrawn", icon: "minus-circle", family: "done" },
  lapsed: { label: "No answer", icon: "hourglass", family: "done" },
  granting: { label: "Setting up", icon: "circle-dashed", family: "work" },
  active: { label: "Active", icon: "active", family: "ok" },
  revoking: { label: "Ending", icon: "circle-dashed", family: "work" },
  ended: { label: "Ended", icon: "hourglass", family: "done" },
  failed: { label: "Failed", icon: "triangle-alert", family: "bad" },
} as const satisfies Record<Status, State>;

/** What a status is called when there is more to say than the status: the backend's label. */
const BY_LABEL = {
  "Ending soon": { label: "Ending soon", icon: "hourglass", family: "wait" },
  "May still be open": { label: "May still be open", icon: "triangle-alert", family: "bad" },
  Expired: { label: "Expired", icon: "hourglass", family: "done" },
  Returned: { label: "Returned", icon: "returned", family: "done" },
  Revoked: { label: "Revoked", icon: "circle-slash", family: "done" },
  "Removed outside": { label: "Removed outside", icon: "circle-slash", family: "done" },
  "Target gone": { label: "Target gone", icon: "minus-circle", family: "done" },
  "No longer eligible": { label: "No longer eligible", icon: "circle-slash", family: "done" },
} as const satisfies Record<string, State>;

/** All words for states, for the test that compares them with the backend's table. */
export const LABELS: readonly string[] = [
  ...Object.values(BY_STATUS).map((state) => state.label),
  ...Object.keys(BY_LABEL),
];

/**
 * How a request is shown. It derives from what is stored; only "Ending soon" is the clock's, as time
 * goes by without a change.
 */
export function stateOf(
  request: Pick<Request, "status" | "label" | "deadline">,
  now: number,
): State {
  if (request.status === "active" && endsSoon(request.deadline, now))
    return BY_LABEL["Ending soon"];
  return worded(request.label, BY_STATUS[request.status]);
}

/** How one grant of it is shown. */
export function grantState(
  grant: Pick<Schemas["Grant"], "state" | "label">,
  deadline: string | null | undefined,
  now: number,
): State {
  if (grant.state === "active" && endsSoon(deadline, now)) return BY_LABEL["Ending soon"];
  const same = Object.values(BY_STATUS).find((state) => state.label === grant.label);
  return worded(grant.label, same ?? BY_STATUS.ended);
}

/** A word that a newer backend has and we do not is shown as it is. */
function worded(label: string, base: State): State {
  if (label === base.label) return base;
  const known = Object.entries(BY_LABEL).find(([word]) => word === label);
  return known ? known[1] : { ...base, label };
}

function endsSoon(deadline: string | null | undefined, now: number): boolean {
  return typeof deadline === "string" && Date.parse(deadline) - now <= SOON;
}

/** Nothing will happen to it any more. */
export function isOver(request: Pick<Request, "status">): boolean {
  return OVER[request.status];
}

const OVER = {
  pending: false,
  denied: true,
  withdrawn: true,
  lapsed: true,
  granting: false,
  active: false,
  revoking: false,
  ended: true,
  failed: true,
} as const satisfies Record<Status, boolean>;
