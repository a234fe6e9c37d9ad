import { Unreachable, type Bridge } from "../bridge/types";
import type { components, operations } from "./schema";
import { routes } from "./routes";

export type Schemas = components["schemas"];
export type Request = Schemas["Request"];
export type Problem = Schemas["Problem"];

type Call = keyof typeof routes & keyof operations;
type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
type Body<C extends Call> = operations[C] extends { requestBody?: infer B }
  ? Json<NonNullable<B>>
  : never;
type Query<C extends Call> = operations[C]["parameters"]["query"];
type Place<C extends Call> = operations[C]["parameters"]["path"];
type Result<C extends Call> = operations[C]["responses"] extends { 200: infer R } ? Json<R> : never;

interface Given<C extends Call> {
  path?: Place<C>;
  query?: Query<C>;
  body?: Body<C>;
  /** The same for every try of one intent, so that it is done once. */
  key?: string;
}

/** The backend refused, and says what, why and what to do next. */
export class Refused extends Error {
  override name = "Refused";
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** The calls of the API, each with the types of its description. */
export class Client {
  constructor(
    private readonly bridge: Bridge,
    private readonly heard: (date: string) => void = () => undefined,
  ) {}

  async call<C extends Call>(name: C, given: Given<C> = {}): Promise<Result<C>> {
    return (await this.#answer(name, given)) as Result<C>;
  }

  /** A call that answers with a text. */
  async text<C extends Call>(name: C, given: Given<C> = {}): Promise<string> {
    const body = await this.#answer(name, given);
    if (typeof body === "string") return body;
    throw new Unreachable("Something else than the backend answered (no text).");
  }

  async #answer<C extends Call>(name: C, given: Given<C>): Promise<unknown> {
    const [method, template] = routes[name];
    const path = filled(template, given.path ?? {}) + asked(given.query ?? {});
    const answer = await this.bridge.call(method, path, given.body, given.key);
    if (answer.date !== undefined) this.heard(answer.date);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw isProblem(answer.body)
      ? new Refused(answer.body)
      : new Unreachable(`Something else than the backend answered (status ${answer.status}).`);
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}

function filled(template: string, values: object): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value: unknown = Reflect.get(values, name);
    if (typeof value !== "string" || value === "") throw new Error(`${template} needs ${name}`);
    return encodeURIComponent(value);
  });
}

function asked(query: object): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) words.set(name, String(value));
  }
  // The app takes no address with ".." in it, wherever it stands.
  const text = words.toString().replaceAll("..", "%2E%2E");
  return text === "" ? "" : `?${text}`;
}

/** A new key for one intent. (Not `randomUUID`, which only secure contexts have.) */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
