import { isTauri } from "@tauri-apps/api/core";
import { browser } from "./browser";
import { tauri } from "./tauri";
import type { Bridge } from "./types";

export * from "./types";

/** The bridge for wherever this page is. Takes the one-time code out of the address. */
export function bridge(): Bridge {
  return isTauri() ? tauri() : browser({ ...around(), code: taken(window) });
}

function around() {
  return {
    fetch: window.fetch.bind(window),
    wait: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
    // A tab that no script opened cannot be closed by one.
    leave: () => window.history.back(),
    keep(file: Blob, name: string) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = name;
      link.click();
      // The download has begun by then.
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    },
  };
}

/** `#code=…`, and perhaps `&page=/requests/R-1042`: what stays in the address is the page alone. */
export function taken(where: Pick<Window, "location" | "history">): string | undefined {
  const { hash, pathname } = where.location;
  if (!hash.startsWith("#code=")) return undefined;
  const words = new URLSearchParams(hash.slice(1));
  where.history.replaceState(null, "", `${pathname}#${words.get("page") ?? "/"}`);
  return words.get("code") ?? undefined;
}
