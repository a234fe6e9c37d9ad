/** What is remembered on this computer, for the next time: reasons and permissions, the newest. */

const MOST = 100;

type Kept = Pick<Storage, "getItem" | "setItem">;

export class Memory {
  readonly #name: string;

  constructor(
    name: "reasons" | "permissions",
    private readonly kept: Kept | undefined,
  ) {
    this.#name = `bellhop.${name}`;
  }

  get(key: string): string | undefined {
    return this.#read().find(([each]) => each === key)?.[1];
  }

  set(key: string, value: string): void {
    const others = this.#read().filter(([each]) => each !== key);
    const newest = [[key, value], ...others].slice(0, MOST);
    try {
      this.kept?.setItem(this.#name, JSON.stringify(newest));
    } catch {
      // The storage is full or closed: it is typed again next time.
    }
  }

  #read(): [string, string][] {
    try {
      const stored: unknown = JSON.parse(this.kept?.getItem(this.#name) ?? "[]");
      return Array.isArray(stored) ? stored.filter(isPair) : [];
    } catch {
      return [];
    }
  }
}

function isPair(value: unknown): value is [string, string] {
  return (
    Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === "string")
  );
}
