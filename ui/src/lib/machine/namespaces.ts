import type { Request } from "../api/client";
import { target } from "../target";
import type { KubeContext } from "./types";

/** A namespace that a context reaches now, and a request that gives it. */
export interface Reached {
  namespace: string;
  request: string;
}

/** The namespaces that a context of Bellhop's reaches now, each once, by name. */
export function namespaces(
  of: Pick<KubeContext, "integration" | "requests">,
  request: (number: string) => Request | undefined,
): Reached[] {
  const found = new Map<string, string>();
  for (const number of of.requests) {
    const asked = request(number);
    if (asked?.status !== "active") continue;
    for (const { integration, type, resource } of asked.targets.map(target)) {
      if (integration === of.integration && type === "namespace" && !found.has(resource))
        found.set(resource, number);
    }
  }
  return [...found]
    .map(([namespace, asked]) => ({ namespace, request: asked }))
    .toSorted((one, other) => one.namespace.localeCompare(other.namespace));
}
