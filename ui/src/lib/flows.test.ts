import { expect, test } from "vitest";
import { answerOf, inWords, sentenceOf, type Flow } from "./flows";

const flow: Flow = {
  id: "f",
  name: "Customers",
  version: 1,
  requesters: ["ada", "ben"],
  reason_required: true,
  default_seconds: 1800,
  max_seconds: 7200,
  extend: { times: 2, seconds: 3600 },
  targets: [
    { integration: "k8s", type: "namespace", resources: ["customer*"], permissions: ["edit"] },
    { integration: "k8s", type: "namespace", resources: ["web"], permissions: ["view", "edit"] },
  ],
  automatic: false,
  approvers: ["eve"],
  self_approval: false,
  lapse_seconds: 86400,
  text: "",
};
const said = (of: Flow) =>
  sentenceOf(of)
    .map((part) => part.text)
    .join(" ");

test("a flow is one sentence that says who, what, how long, and who answers", () => {
  expect(said(flow)).toBe(
    "ada and ben may ask for edit on customer* (namespace on k8s) , and for view or edit on web " +
      "(namespace on k8s) for up to 2 hours , and says why. Somebody has to say yes: eve . " +
      "It may be extended 2 times by 1 hour.",
  );
  expect(said({ ...flow, automatic: true, extend: null })).toContain("It is granted at once .");
});

test("nobody is said as nobody, and many are counted", () => {
  expect(said({ ...flow, requesters: [], targets: [] })).toContain("Nobody may ask for nothing");
  expect(said({ ...flow, approvers: [] })).toContain("nobody, so nobody can");
  expect(answerOf({ ...flow, approvers: ["a", "b", "c", "d", "e"] })).toBe(
    "Asks a, b, c or 2 more",
  );
  expect(inWords({ ...flow, requesters: ["ada"] })).toBe(
    "ada asks for edit on customer*; view or edit on web",
  );
});
