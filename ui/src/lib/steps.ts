import type { IconName } from "../components/icons";
import type { Request } from "./api/client";
import { stateOf } from "./states";
import { anyOf, target } from "./target";
import { age, clock, clockExact, span } from "./time";

/** One step of what happened, happens and will happen with a request. */
export interface Step {
  kind: "done" | "now" | "work" | "bad" | "next";
  icon: IconName;
  title: string;
  meta?: string;
  /** Words of a person. */
  quote?: string;
  at?: string;
}

/** What is known beside the request itself. */
export interface Known {
  now: number;
  /** Handle of whoever looks. */
  me: string;
  flowName?: string | undefined;
  /** When things happened first, by the audit log's kinds, for whoever may read it. */
  times?: ReadonlyMap<string, string>;
}

/** The steps of a request, from what is stored alone: nothing is told before it is true. */
export function steps(request: Request, known: Known): Step[] {
  const decided = decision(request, known);
  const begun = [sent(request, known), matched(request, known), ...decided];
  if (
    request.status === "denied" ||
    request.status === "withdrawn" ||
    request.status === "lapsed"
  ) {
    return begun;
  }
  return [
    ...begun,
    ...given(request, known),
    ...extended(request, known),
    ...endedBy(request, known),
    ...ending(request, known),
  ];
}

function sent(request: Request, { now, me }: Known): Step {
  return {
    kind: "done",
    icon: "arrow-up",
    title: `Sent by ${who(request.requester, me)}`,
    meta: `${request.number}, ${span(request.duration_seconds)}`,
    ...(request.reason === "" ? {} : { quote: request.reason }),
    at: clockExact(request.submitted_at, now),
  };
}

function matched(request: Request, { now, flowName }: Known): Step {
  const asks = request.status === "pending" && request.waits ? request.waits.approvers : undefined;
  return {
    kind: "done",
    icon: "flow",
    title: `Matched ${flowName ?? request.flow}`,
    ...(asks
      ? {
          meta:
            asks.length > 1 ? `Any one may approve: ${anyOf(asks)}` : `${anyOf(asks)} may approve`,
        }
      : {}),
    ...(isAutomatic(request) ? { meta: "It approves by itself" } : {}),
    at: clockExact(request.submitted_at, now),
  };
}

/** Whether the flow approved, and no person. */
export function isAutomatic(request: Request): boolean {
  return request.decision?.what === "approved" && request.decision.by === request.flow;
}

function decision(request: Request, { now, me }: Known): Step[] {
  const { decision, waits } = request;
  if (!decision) {
    const nobody = !waits || waits.approvers.length === 0;
    return [
      {
        kind: "now",
        icon: "clock",
        title: nobody ? "Nobody can decide this now" : `Waiting for ${anyOf(waits.approvers)}`,
        meta: nobody
          ? "The flow names nobody who may. Ask an admin, or withdraw the request."
          : `If nobody answers by ${clock(waits.lapses_at, now)}, the request is closed.`,
        at: age(request.submitted_at, now),
      },
    ];
  }
  if (isAutomatic(request)) return [];
  const at = clockExact(decision.at, now);
  const quote = decision.note === "" ? {} : { quote: decision.note };
  switch (decision.what) {
    case "approved":
      return [
        {
          kind: "done",
          icon: "check",
          title: `Approved by ${who(decision.by, me)}`,
          at,
          ...quote,
          ...(decision.shorter_seconds
            ? { meta: `For ${span(decision.shorter_seconds)}, less than was asked for` }
            : {}),
        },
      ];
    case "denied":
      return [
        {
          kind: "bad",
          icon: "octagon-x",
          title: `Denied by ${who(decision.by, me)}`,
          at,
          ...quote,
        },
      ];
    case "withdrawn":
      return [
        { kind: "done", icon: "minus-circle", title: `Withdrawn by ${who(decision.by, me)}`, at },
      ];
    case "lapsed":
      return [
        { kind: "bad", icon: "hourglass", title: "No answer", meta: "Nobody decided in time.", at },
      ];
  }
}

function given(request: Request, { now, me, times }: Known): Step[] {
  const systems = [...new Set(request.targets.map((each) => target(each).integration))].join(", ");
  const notes = request.grants.flatMap((grant) => (grant.note ? [grant.note] : []));
  const at = times?.get("request.active") ?? times?.get("grant.active");
  const ready = at === undefined ? {} : { at: clockExact(at, now) };
  switch (request.status) {
    case "pending":
      return [{ kind: "next", icon: "key", title: `Set up access on ${systems}` }];
    case "granting": {
      const open = `${request.open} of ${request.targets.length} open.`;
      const some = request.targets.length > 1 ? [open] : [];
      const meta = [...some, ...notes].join(" ") || "Active is said once it was tried and works.";
      return [
        { kind: "work", icon: "circle-dashed", title: `Setting up access on ${systems}`, meta },
      ];
    }
    case "failed":
      return [
        {
          kind: "bad",
          icon: "triangle-alert",
          title: "Could not be set up",
          meta: notes.join(" "),
        },
      ];
    case "active": {
      const partly = request.open < request.targets.length;
      const meta = partly
        ? `${request.open} of ${request.targets.length} open`
        : `Checked as ${who(request.requester, me)}, on the target itself`;
      return [{ kind: "done", icon: "key", title: "Granted", meta, ...ready }];
    }
    default:
      return at === undefined ? [] : [{ kind: "done", icon: "key", title: "Granted", ...ready }];
  }
}

function extended(request: Request, { now, me }: Known): Step[] {
  const { extension } = request;
  if (!extension) return [];
  const more = span(extension.seconds);
  const { decision: answer } = extension;
  if (!answer) {
    const asked = request.waits ? ` Asked ${anyOf(request.waits.approvers)}.` : "";
    const meta = `Access stays on meanwhile, until its end.${asked}`;
    return [
      {
        kind: "now",
        icon: "extend",
        title: `${more} more asked for`,
        meta,
        at: age(extension.asked_at, now),
      },
    ];
  }
  const at = clockExact(answer.at, now);
  const quote = answer.note === "" ? {} : { quote: answer.note };
  if (answer.what === "approved") {
    const by = answer.by === request.flow ? "the flow" : who(answer.by, me);
    return [
      {
        kind: "done",
        icon: "extend",
        title: `Extended by ${more}`,
        meta: `Agreed: ${by}`,
        at,
        ...quote,
      },
    ];
  }
  const title =
    answer.what === "denied"
      ? `${who(answer.by, me)} said no to more time`
      : "No answer about more time";
  return [{ kind: "bad", icon: "extend", title: capital(title), at, ...quote }];
}

/** A person ended it before its time; that it is gone is a step of its own. */
function endedBy({ ended }: Request, { now, me }: Known): Step[] {
  if (!ended) return [];
  return [
    {
      kind: "done",
      icon: ended.what === "returned" ? "returned" : "circle-slash",
      title: `${capital(ended.what)} by ${who(ended.by, me)}`,
      at: clockExact(ended.at, now),
      ...(ended.note === "" ? {} : { quote: ended.note }),
    },
  ];
}

function ending(request: Request, { now, times }: Known): Step[] {
  const removed = "Access is removed, and the context goes.";
  const end = request.deadline;
  switch (request.status) {
    case "pending":
      return [
        {
          kind: "next",
          icon: "hourglass",
          title: `Ends ${span(request.duration_seconds)} after it is approved`,
        },
      ];
    case "granting":
    case "active":
      return [
        {
          kind: "next",
          icon: "hourglass",
          title: "Ends",
          meta: removed,
          ...(end ? { at: clockExact(end, now) } : {}),
        },
      ];
    case "revoking": {
      const notes = request.grants.flatMap((grant) => (grant.note ? [grant.note] : []));
      const stuck = request.label === "May still be open";
      const meta = notes.join(" ") || "Ended is said once it was tried and refused.";
      return stuck
        ? [
            {
              kind: "bad",
              icon: "triangle-alert",
              title: request.label,
              meta: `${meta} Bellhop keeps trying.`,
            },
          ]
        : [{ kind: "work", icon: "circle-dashed", title: "Ending", meta }];
    }
    case "ended": {
      const at = times?.get("request.ended");
      const meta = "It was tried, and is refused now.";
      const shown = at ? { at: clockExact(at, now) } : {};
      return [
        {
          kind: "done",
          icon: stateOf(request, now).icon,
          title: request.ended ? "Removed" : request.label,
          meta,
          ...shown,
        },
      ];
    }
    default:
      return [];
  }
}

/** "you", or the handle. */
export function who(handle: string, me: string): string {
  return handle === me ? "you" : handle;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
