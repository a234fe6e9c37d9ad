import { singleKeys } from "../lib/settings/look.svelte";

/** Where the main window is: the part of the address after the number sign. */
export type Route =
  | { page: "access" }
  | { page: "approvals"; number?: string }
  | { page: "request"; number: string }
  | { page: "trouble"; about: string }
  | { page: "contexts"; name?: string }
  | { page: "settings"; tab: "you" | "about" }
  | { page: "activity"; seq?: number }
  | { page: "flows"; id?: string }
  | { page: "welcome" }
  | { page: "integrations" }
  | { page: "integration"; name: string }
  | { page: "connect"; name?: string }
  | { page: "unknown"; hash: string };

export function route(hash: string): Route {
  const [first = "", second, third] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  if (first === "" || first === "access") return { page: "access" };
  if (first === "approvals") {
    return isNumber(second) ? { page: "approvals", number: second } : { page: "approvals" };
  }
  if (first === "requests" && isNumber(second)) return { page: "request", number: second };
  if (first === "trouble" && second !== undefined) return { page: "trouble", about: second };
  if (first === "welcome") return { page: "welcome" };
  if (first === "integrations") {
    return second === undefined ? { page: "integrations" } : { page: "integration", name: second };
  }
  if (first === "connect" && second === "kubernetes") {
    return third === undefined ? { page: "connect" } : { page: "connect", name: third };
  }
  if (first === "contexts") {
    return second === undefined ? { page: "contexts" } : { page: "contexts", name: second };
  }
  if (first === "settings" && (second === undefined || second === "about")) {
    return { page: "settings", tab: second ?? "you" };
  }
  if (first === "activity") {
    return /^\d{1,15}$/.test(second ?? "")
      ? { page: "activity", seq: Number(second) }
      : { page: "activity" };
  }
  if (first === "flows") {
    return second === undefined ? { page: "flows" } : { page: "flows", id: second };
  }
  return { page: "unknown", hash };
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^R-\d{1,12}$/.test(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The route of the address as it is, and as it changes. */
export class Router {
  now = $state.raw<Route>(route(location.hash));

  listen(): () => void {
    const changed = () => (this.now = route(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }

  go(to: string): void {
    location.hash = to;
  }
}

/**
 * Whether a key is for a text field, and not for the list or detail around it; or a letter or sign
 * alone, where those are switched off.
 */
export function isTyping(event: KeyboardEvent): boolean {
  const at = event.target;
  const isSingle = event.key.length === 1 && event.key !== " ";
  return (
    (isSingle && !singleKeys()) ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    (at instanceof HTMLElement &&
      (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)))
  );
}
