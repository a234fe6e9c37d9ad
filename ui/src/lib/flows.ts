import type { Schemas } from "./api/client";
import { anyOf } from "./target";
import { span } from "./time";

export type Flow = Schemas["ShownFlow"];

/** A part of a sentence: words that hold it together, or one that the flow says. */
export interface Part {
  text: string;
  slot?: boolean;
}

/** As many names are said; the others are counted. */
const NAMED = 4;

/** "ada, ben and 3 more", "ada or ben" */
function some(names: readonly string[], last: "and" | "or", nobody: string): string {
  if (names.length === 0) return nobody;
  if (names.length > NAMED) {
    return `${names.slice(0, NAMED - 1).join(", ")} ${last} ${names.length - NAMED + 1} more`;
  }
  if (last === "or") return anyOf(names);
  return names.length === 1
    ? (names[0] ?? "")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** The flow as one sentence. */
export function sentenceOf(flow: Flow): Part[] {
  const slot = (text: string): Part => ({ text, slot: true });
  const what = flow.targets.flatMap((each, index): Part[] => [
    {
      text: index === 0 ? "may ask for" : index === flow.targets.length - 1 ? ", and for" : ", for",
    },
    slot(some(each.permissions, "or", "nothing")),
    { text: "on" },
    slot(some(each.resources, "and", "nothing")),
    { text: `(${each.type} on ${each.integration})` },
  ]);
  const answer: Part[] = flow.automatic
    ? [{ text: "It is" }, slot("granted at once"), { text: "." }]
    : [
        { text: "Somebody has to say yes:" },
        slot(some(flow.approvers, "or", "nobody, so nobody can")),
        { text: flow.self_approval ? ", also to what they ask for themselves." : "." },
      ];
  const extend: Part[] = flow.extend
    ? [
        { text: "It may be extended" },
        slot(flow.extend.times === 1 ? "once" : `${flow.extend.times} times`),
        { text: `by ${span(flow.extend.seconds)}.` },
      ]
    : [];
  return [
    slot(some(flow.requesters, "and", "Nobody")),
    ...(flow.targets.length === 0 ? [{ text: "may ask for nothing" }] : what),
    { text: "for up to" },
    slot(span(flow.max_seconds)),
    { text: flow.reason_required ? ", and says why." : "." },
    ...answer,
    ...extend,
  ];
}

/** In a few words, for a list: "ada and ben ask for edit on customer1". */
export function inWords(flow: Flow): string {
  const one = flow.requesters.length === 1;
  const what = flow.targets.map(
    (each) =>
      `${some(each.permissions, "or", "nothing")} on ${some(each.resources, "and", "nothing")}`,
  );
  return `${some(flow.requesters, "and", "Nobody")} ${one ? "asks" : "ask"} for ${what.join("; ") || "nothing"}`;
}

/** Who answers. */
export function answerOf(flow: Flow): string {
  return flow.automatic ? "Granted automatically" : `Asks ${some(flow.approvers, "or", "nobody")}`;
}
