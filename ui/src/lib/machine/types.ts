import type { Schemas } from "../api/client";

export type Contexts = Schemas["Contexts"];
export type KubeContext = Schemas["KubeContext"];
export type Hopped = Schemas["Hopped"];

/**
 * The machine that this page is looked at on: its kubectl contexts. In the app these are its commands,
 * in a browser calls of the backend, which answers them only where it runs on that machine. Whatever
 * is refused comes as the API's problem (`Refused`); `no_workstation` means that there is no way to it.
 */
export interface Machine {
  /** All contexts of all kubeconfig files. */
  contexts(): Promise<Contexts>;
  /** Makes a context current; without a name, the one that was before. */
  hop(name?: string): Promise<Hopped>;
  /**
   * Adds the contexts of a request's access, and makes the first of them current. kubectl begins in
   * the namespace, one of the access; without one, in the first.
   */
  use(request: string, namespace?: string): Promise<Hopped>;
}

/** The kind of the change that tells of other contexts. */
export const CONTEXTS_CHANGED = "workstation.contexts";
