// Components use tokens only: no raw colour, no raw duration; and no file is longer than it may be.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MOST_LINES = 400;
const GENERATED = /\/api\/(schema\.d|routes)\.ts$/;
const RULES = [
  [/#[0-9a-f]{3,8}\b(?![^<]*\/)/i, "a raw colour"],
  [/\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(/i, "a raw colour"],
  [
    /(?:color|background|border|outline|fill|stroke|shadow)[a-z-]*:[^;{}]*\b(?:white|black|red|green|blue|gr[ae]y|yellow|orange|purple|brown|pink|gold)\b/i,
    "a named colour",
  ],
  [/(?:transition|animation)[a-z-]*:[^;{}]*\b\d*\.?\d+m?s\b/i, "a raw duration"],
  [/\bfont-family:(?!\s*(?:var\(|inherit))/i, "a raw font"],
];

/** The style of a file: all of a sheet, what is between the style tags of a component. */
function style(name, text) {
  if (name.endsWith(".css")) return text;
  const [before, inside = ""] = text.split(/<style[^>]*>/);
  const inline = [...before.matchAll(/style(?::[a-z-]+)?="([^"]*)"/g)].map(([, css]) => css);
  return "\n".repeat(before.split("\n").length - 1) + inside + inline.join("\n");
}

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

let bad = 0;
function complain(path, line, what) {
  console.error(`${path}:${line}: ${what}`);
  bad += 1;
}

for (const path of ["src", "tests", "scripts"].flatMap((folder) => [...files(folder)])) {
  if (!/\.(svelte|css|ts|mjs)$/.test(path) || GENERATED.test(path)) continue;
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > MOST_LINES) complain(path, lines, `more than ${MOST_LINES} lines: split it`);
  const styled = /\.(svelte|css)$/.test(path) && !/styles\/(tokens|fonts)\.css$/.test(path);
  if (!styled) continue;
  style(path, text)
    .split("\n")
    .forEach((line, index) => {
      for (const [rule, what] of RULES) {
        if (rule.test(line)) complain(path, index + 1, `${what}: use a token. ${line.trim()}`);
      }
    });
}
process.exitCode = bad > 0 ? 1 : 0;
