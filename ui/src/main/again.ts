import { route } from "./router.svelte";

/** The command that opens a browser where this page is. */
export function again({ pathname, hash }: Pick<Location, "pathname" | "hash">): string {
  const command = "bellhop open --browser";
  if (pathname.endsWith("/palette.html")) return `${command} --palette`;
  const now = route(hash);
  if (now.page === "request") return `${command} ${now.number}`;
  return now.page === "access" || now.page === "unknown" || now.page === "trouble"
    ? command
    : `${command} ${now.page}`;
}
