import type { Request } from "../api/client";
import type { Session } from "../session.svelte";
import { Sure } from "../sure.svelte";
import { isProduction, target } from "../target";

/** Makes the context of one's own access current, with a second press where it is of production. */
export class ContextUser {
  readonly #sure = new Sure();

  constructor(private readonly session: Session) {}

  /** Whether a request's context can be used here, and whether the next press does it. */
  offers(request: Request): "plain" | "sure" | undefined {
    const { contexts } = this.session;
    const usable = request.status === "active" && request.requester === this.session.me?.handle;
    if (!usable || contexts.loaded === "none" || contexts.loaded === "loading") return undefined;
    if (!this.#systems(request).some((name) => this.session.kind(name) === "kubernetes")) {
      return undefined;
    }
    return this.#sure.asked === request.number ? "sure" : "plain";
  }

  /** Answers what to tell. */
  async use(request: Request): Promise<string> {
    if (!this.offers(request)) return "";
    const careful = this.#systems(request).some(isProduction);
    if (careful && !this.#sure.twice(request.number)) return "U again: production";
    const hopped = await this.session.contexts.use(request.number);
    return hopped ? `${hopped.context} is the current context` : "";
  }

  #systems(request: Request): string[] {
    return request.targets.map((each) => target(each).integration);
  }
}
