/** A piece of a text that somebody else wrote: words, or a character that nobody would see. */
export type Piece = { words: string } | { hidden: string };

/**
 * What changes how a text reads without being seen: controls, marks that turn the direction,
 * characters of no width. They are shown by their numbers. (Line ends and tabs are what they seem;
 * the joiner of no width stays where it joins, as in emoji and in some scripts' words.)
 */
const HIDDEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|(?<![\p{L}\p{M}\p{Extended_Pictographic}\ufe0f])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}])/gu;

/** Cuts a text into what can be shown as it is, and what has to be named. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) found.push({ words: text.slice(from, match.index) });
    found.push({ hidden: codes(match[0]) });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ words: text.slice(from) });
  return found;
}

function codes(text: string): string {
  const number = (text.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `U+${number.padStart(4, "0")}`;
}

/** The parts of `name` that a search for `query` found, as [text, whether found]. */
export function marked(name: string, query: string): [string, boolean][] {
  const hit = new Array<boolean>(name.length).fill(false);
  const folded = name.toLowerCase();
  // A few letters change their length; then only what is written alike is found.
  const lower = folded.length === name.length ? folded : name;
  for (const word of query
    .toLowerCase()
    .split(/[\s/:]+/)
    .filter(Boolean)) {
    for (const at of places(lower, word)) hit[at] = true;
  }
  const found: [string, boolean][] = [];
  hit.forEach((here, index) => {
    const last = found.at(-1);
    if (last?.[1] === here) last[0] += name.charAt(index);
    else found.push([name.charAt(index), here]);
  });
  return found;
}

/** Where a word's letters are in a name: together if it can be, else one after another, else none. */
function places(name: string, word: string): number[] {
  const whole = name.indexOf(word);
  if (whole >= 0) return Array.from(word, (_, index) => whole + index);
  const found: number[] = [];
  let from = 0;
  for (const letter of word) {
    const at = name.indexOf(letter, from);
    if (at < 0) return [];
    found.push(at);
    from = at + 1;
  }
  return found;
}

/** The letters for somebody's avatar. */
export function initials(handle: string): string {
  const words = handle.split(/[\s._@-]+/).filter(Boolean);
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0] ?? "") : [];
  return (letters.length > 0 ? letters.join("") : [...handle].slice(0, 2).join("")).toUpperCase();
}

/** Where no element can isolate a name (an option of a list): one of another direction moves nothing. */
export function isolated(text: string): string {
  // Typing jumps to what begins so: a plain name stays as it is.
  return /^[ -~]*$/.test(text) ? text : `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`;
}
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
