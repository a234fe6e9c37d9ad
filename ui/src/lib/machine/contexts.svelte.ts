import { Refused } from "../api/client";
import { troubleOf, type Trouble } from "../api/trouble";
import type { Contexts as Listed, Hopped, KubeContext, Machine } from "./types";

/**
 * The kubectl contexts of this machine as they were read last. They are read while a page shows them:
 * at first, and whenever something tells that they may be others.
 */
export class Contexts {
  list = $state.raw<Listed | undefined>();
  /** `none`: this page has no way to a machine of its user's. */
  loaded = $state<"loading" | "loaded" | "failed" | "none">("loading");
  trouble = $state.raw<Trouble | undefined>();
  /** What is being done: the context that is hopped to, the request that is used, or "back". */
  busy = $state<string | undefined>();
  #wanted = 0;
  #turn = 0;

  constructor(private readonly machine: Machine) {}

  /** Reads and goes on reading, until the function that it returns is called. */
  wanted(): () => void {
    this.#wanted += 1;
    void this.read();
    return () => {
      this.#wanted -= 1;
    };
  }

  /** They may be others now. */
  changed(): void {
    if (this.#wanted > 0) void this.read();
  }

  /** The context that Bellhop made for a request, if it is there. */
  of(number: string): KubeContext | undefined {
    return this.list?.contexts.find((each) => each.requests.includes(number));
  }

  async read(): Promise<void> {
    const turn = (this.#turn += 1);
    try {
      const list = await this.machine.contexts();
      // Answers may come in any order.
      if (turn !== this.#turn) return;
      this.list = list;
      this.loaded = "loaded";
      this.trouble = undefined;
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error instanceof Refused && error.problem.code === "no_workstation") {
        this.loaded = "none";
        return;
      }
      this.trouble = troubleOf(error, "What is shown may be old.");
      if (this.loaded === "loading") this.loaded = "failed";
    }
  }

  hop = (name: string) => this.#do(name, () => this.machine.hop(name));
  back = () => this.#do("back", () => this.machine.hop());
  use = (request: string, namespace?: string) =>
    this.#do(request, () => this.machine.use(request, namespace));

  async #do(what: string, step: () => Promise<Hopped>): Promise<Hopped | undefined> {
    if (this.busy !== undefined) return undefined;
    this.busy = what;
    this.trouble = undefined;
    try {
      const hopped = await step();
      await this.read();
      return hopped;
    } catch (error) {
      this.trouble = troubleOf(error, "The current context stays what it was.");
      return undefined;
    } finally {
      this.busy = undefined;
    }
  }
}
