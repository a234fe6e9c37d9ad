import type { Settings } from "./types";

/** What every page looks like and obeys. */
export type Look = Pick<Settings, "theme" | "rows" | "clock" | "single_keys">;

type Kept = Pick<Storage, "getItem" | "setItem">;
const NAME = "bellhop.look";
const usual: Look = { theme: "system", rows: "standard", clock: "system", single_keys: true };
const allowed: { [Key in keyof Look]: readonly Look[Key][] } = {
  theme: ["system", "light", "dark"],
  rows: ["standard", "roomy"],
  clock: ["system", "24", "12"],
  single_keys: [true, false],
};

let now = $state.raw<Look>(usual);
let desktop = $state<boolean | undefined>();

/** The look as it is. Whoever reads it in an effect is told when it changes. */
export function look(): Look {
  return now;
}

/** Whether the time of day is counted to twelve; undefined leaves it to the locale. */
export function countsToTwelve(): boolean | undefined {
  return now.clock === "system" ? desktop : now.clock === "12";
}

/** Whether a letter alone does something in a list. */
export function singleKeys(): boolean {
  return now.single_keys;
}

/** Takes over some of the look, and shows it in the page. The desktop's clock counts for "system". */
export function wear(some: Partial<Look>, page: Document, twelve?: boolean): void {
  now = { ...now, ...fine(some) };
  if (twelve !== undefined) desktop = twelve;
  const { dataset } = page.documentElement;
  if (now.theme === "system") delete dataset["theme"];
  else dataset["theme"] = now.theme;
  if (now.rows === "roomy") dataset["rows"] = now.rows;
  else delete dataset["rows"];
}

/** As this browser was last, so that a page looks right before anything is read. */
export function worn(kept: Kept | undefined): Partial<Look> {
  try {
    const stored: unknown = JSON.parse(kept?.getItem(NAME) ?? "{}");
    return typeof stored === "object" && stored !== null ? fine(stored) : {};
  } catch {
    return {};
  }
}

export function keep(kept: Kept | undefined): void {
  try {
    kept?.setItem(NAME, JSON.stringify(now));
  } catch {
    // The storage is full or closed: the next page begins with the usual look.
  }
}

/** What is none of the values that there are is left out. */
function fine(some: object): Partial<Look> {
  const pairs = Object.entries(some).filter(([key, value]) => {
    const values: readonly unknown[] = allowed[key as keyof Look] ?? [];
    return values.includes(value);
  });
  return Object.fromEntries(pairs) as Partial<Look>;
}
