/** What is held down, in the order in which a shortcut is written. */
const HELD = [
  ["ctrlKey", "Ctrl"],
  ["altKey", "Alt"],
  ["shiftKey", "Shift"],
  ["metaKey", "Super"],
] as const;

type Pressed = Pick<KeyboardEvent, "code" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey">;

/**
 * The shortcut that these keys are, as settings write it ("Ctrl+Alt+B"); undefined while no key is
 * pressed that can be one. It goes by the place of the key: with Alt held down a key writes anything.
 */
export function combination(event: Pressed): string | undefined {
  const key = /^(?:Key([A-Z])|Digit(\d)|(F(?:[1-9]|1[0-2]))|(Space))$/.exec(event.code);
  const name = key?.slice(1).find((part) => part !== undefined);
  const held = HELD.filter(([flag]) => event[flag]).map(([, word]) => word);
  // Shift alone only makes another letter.
  if (name === undefined || held.every((word) => word === "Shift")) return undefined;
  return [...held, name].join("+");
}
