// Writes the API's types and routes from its description, or with --check says whether they are stale.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const DESCRIPTION = new URL("../../docs/openapi.json", import.meta.url);
const TYPES = new URL("../src/lib/api/schema.d.ts", import.meta.url);
const ROUTES = new URL("../src/lib/api/routes.ts", import.meta.url);

/**
 * Texts whose values the description lists in words: `one`, `two` or `three`. Here they become
 * unions, so that the compiler sees to it that every value has its words and its icon.
 */
const LISTED = [
  ["Request", "status"],
  ["Decision", "what"],
  ["Integration", "status"],
  ["Me", "role"],
];

const document = JSON.parse(await readFile(DESCRIPTION, "utf8"));
for (const [schema, property] of LISTED) {
  const found = document.components.schemas[schema].properties[property];
  const values = [...found.description.matchAll(/`([a-z_]+)`/g)].map(([, value]) => value);
  if (found.enum === undefined) {
    if (values.length < 2)
      throw new Error(`${schema}.${property} does not list its values any more`);
    found.enum = values;
  }
}

const head = "// Made from docs/openapi.json by `npm run generate`. Not edited by hand.\n";
const types = head + astToString(await openapiTS(document, { alphabetize: true }));

const lines = [];
for (const [path, methods] of Object.entries(document.paths)) {
  for (const [method, { operationId }] of Object.entries(methods)) {
    if (operationId && path.startsWith("/api/")) {
      lines.push(`  ${operationId}: ["${method.toUpperCase()}", "${path}"],`);
    }
  }
}
const routes = `${head}\n/** Method and path of each call. */\nexport const routes = {\n${lines.sort().join("\n")}\n} as const;\n`;

const made = [
  [TYPES, types],
  [ROUTES, routes],
];
if (process.argv.includes("--check")) {
  for (const [file, text] of made) {
    const there = await readFile(file, "utf8").catch(() => "");
    if (there !== text) {
      console.error(`${file.pathname} is not what docs/openapi.json says. Run: npm run generate`);
      process.exitCode = 1;
    }
  }
} else {
  for (const [file, text] of made) await writeFile(file, text);
}
