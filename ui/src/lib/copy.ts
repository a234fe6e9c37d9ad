/** Puts a text on the clipboard, and tells whether it is there. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Web views may keep the newer way for pages of https; the older one still is for a key or a click.
    return byHand(text);
  }
}

function byHand(text: string): boolean {
  const before = document.activeElement;
  const place = document.createElement("textarea");
  place.value = text;
  place.className = "sr";
  // In a dialog only what is in it can have the focus.
  (document.querySelector("dialog[open]") ?? document.body).append(place);
  place.select();
  const done = document.execCommand("copy");
  place.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
