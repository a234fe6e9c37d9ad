import { Refused, type Client, type Schemas } from "../lib/api/client";
import { sentence } from "../lib/api/trouble";
import { anyOf } from "../lib/target";
import { age, localised } from "../lib/time";
import { rows, type Row } from "./rows";

/** Why nothing was found, and what to do: the most useful first. */
export type Reason =
  | { kind: "reserved"; what: string; why: string; ask: string }
  | { kind: "silent"; what: string; why: string; integration: string }
  | { kind: "near"; what: string; rows: Row[] }
  | { kind: "empty"; what: string; why: string };

const NEAR = 3;

/** Looks for reasons why `query` finds nothing. */
export async function reasons(
  client: Client,
  query: string,
  integrations: readonly Schemas["Integration"][],
  now: number,
): Promise<Reason[]> {
  const [explained, close] = await Promise.all([explain(client, query), near(client, query)]);
  const found: Reason[] = [...explained, ...silent(integrations, now)];
  if (close.length > 0)
    found.push({ kind: "near", what: "Close matches you may request", rows: close });
  if (integrations.length === 0) {
    const why = "Connect one in a terminal: bellhop connect kubernetes NAME";
    found.push({ kind: "empty", what: "No system is connected yet", why });
  }
  return found;
}

async function explain(client: Client, query: string): Promise<Reason[]> {
  if (query.trim() === "") {
    const why =
      "A flow says who may have what. Write one in ~/.config/bellhop/bellhop.toml, or ask an admin to add you to one.";
    return [{ kind: "empty", what: "No flow lets you request anything", why }];
  }
  // Several words, or part of one, are no target that could be explained.
  if (/\s/.test(query.trim())) return [unknown()];
  try {
    const { plan, notes, ask, target } = await client.call("explain_target", {
      query: { target: query },
    });
    if (!plan.refusal) return [];
    const why = [plan.refusal.detail, ...notes].map(sentence).join(" ");
    const what = `You may not request ${target}`;
    return [{ kind: "reserved", what, why, ask: ask.length > 0 ? `Ask ${anyOf(ask)}` : "" }];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [unknown()];
  }
}

function unknown(): Reason {
  const why =
    "No target that you may request is called like this. Check the spelling, or ask an admin to add it to a flow.";
  return { kind: "reserved", what: "No flow lets you request it", why, ask: "" };
}

function silent(integrations: readonly Schemas["Integration"][], now: number): Reason[] {
  return integrations
    .filter((each) => each.status !== "active")
    .map((each) => {
      const listed = each.synced_at
        ? `Last listed ${age(each.synced_at, now)} ago; what is newer is missing here.`
        : "It was never listed.";
      const what = `${each.name} is ${each.status === "disabled" ? "disabled" : "not answering as it should"}`;
      const why = `${localised(sentence(each.why || each.status), now)} ${listed}`;
      return { kind: "silent" as const, what, why, integration: each.name };
    });
}

/** What a shorter question finds: a word alone, or the beginning of one. */
async function near(client: Client, query: string): Promise<Row[]> {
  const words = query.split(/[\s/:]+/).filter((word) => word.length > 1);
  const longest = words.toSorted((one, other) => other.length - one.length)[0] ?? "";
  const begins = longest.slice(0, Math.max(3, Math.ceil(longest.length / 2)));
  for (const q of new Set([...words, begins])) {
    if (q.length < 2) continue;
    const { items } = await client.call("search_targets", { query: { q, limit: 20 } });
    if (items.length > 0) return rows(items).slice(0, NEAR);
  }
  return [];
}
