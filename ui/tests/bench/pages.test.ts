import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { crowd } from "../pages/crowd";
import { MAIN, call, cleared, launch, opened, shut } from "../pages/page";

// Measures, and judges nothing. What it prints stands beside a bare page of the same run.

const ROWS = 10_000;
const ROUNDS = 7;
/** How far one frame scrolls, in pixels, and how many frames. */
const STRIDE = 120;
const FRAMES = 400;
const FRAME = 1000 / 60;

let browser: Browser;
let made: object;
beforeAll(async () => {
  browser = await launch();
  await cleared();
  const targets = ["k8s-demo/namespace/customer1:view"];
  made = (await call("POST", "/requests", { targets })) as object;
});
afterAll(() => browser.close());

const say = (text: string) => process.stdout.write(`${text}\n`);
const row = (what: string, ours: number, bare: number, unit: string, digits = 0) =>
  say(
    `  ${what.padEnd(38)}${ours.toFixed(digits).padStart(8)} ${unit.padEnd(3)}` +
      `${bare.toFixed(digits).padStart(9)} ${unit.padEnd(3)}${(ours / bare).toFixed(2).padStart(8)}`,
  );

test("the bundle", () => {
  const files = readdirSync("dist/assets").map((name) => join("dist/assets", name));
  const sizes = (end: RegExp) => {
    const read = files.filter((file) => end.test(file)).map((file) => readFileSync(file));
    const sum = (all: Buffer[]) => all.reduce((total, each) => total + each.length, 0) / 1024;
    return `${sum(read).toFixed(0).padStart(6)} KiB${sum(read.map((each) => gzipSync(each)))
      .toFixed(0)
      .padStart(8)} KiB`;
  };
  say("\nThe pages: what a browser is sent           raw        gzip");
  for (const [what, end] of [
    ["scripts", /\.js$/],
    ["styles", /\.css$/],
    ["fonts", /\.woff2$/],
  ] as const)
    say(`  ${what.padEnd(36)}${sizes(end)}`);
});

/** The same number of plain rows, from the same place, with nothing else. */
async function bare(rows: number): Promise<Page> {
  const page = await (await browser.newContext({ viewport: MAIN })).newPage();
  const lines = Array.from({ length: rows }, (_, at) => `<li>team-${at}, view</li>`).join("");
  const style = "<style>li{height:54px;border-top:1px solid}body{overflow:auto}</style>";
  await page.route("http://bare.test/", (route) =>
    route.fulfill({ contentType: "text/html", body: `${style}<ul>${lines}</ul>` }),
  );
  await page.goto("http://bare.test/");
  return page;
}

async function ours(rows: number): Promise<Page> {
  const page = await opened(browser, "index.html#/access", { viewport: MAIN }, undefined, (page) =>
    crowd(page, made, rows),
  );
  await page.locator("li[id^=row-]").first().waitFor();
  return page;
}

const median = (all: number[]) => all.toSorted((a, b) => a - b)[all.length >> 1] ?? NaN;

function painted(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const entry = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    while (entry() === undefined) await new Promise((frame) => requestAnimationFrame(frame));
    return entry() ?? NaN;
  });
}

async function heap(page: Page): Promise<number> {
  const client = await page.context().newCDPSession(page);
  await client.send("HeapProfiler.collectGarbage");
  const { usedSize } = await client.send("Runtime.getHeapUsage");
  return usedSize / 2 ** 20;
}

/** The share of the largest renderer in the machine's memory: the page's, when there is one page. */
async function share(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const each = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => {
      const [, kib] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8")) ?? [];
      return Number(kib) / 1024;
    });
  return Math.max(...each);
}

test("first paint and memory", async () => {
  const session = await browser.newBrowserCDPSession();
  const found = { ours: [[], [], []] as number[][], bare: [[], [], []] as number[][] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [who, make] of [
      ["bare", () => bare(3)],
      ["ours", () => ours(3)],
    ] as const) {
      const page = await make();
      const figures = [await painted(page), await heap(page), await share(session)];
      figures.forEach((figure, at) => found[who][at]?.push(figure));
      await shut(page);
    }
  }
  say("\nThe page Access with 3 rows, medians         Bellhop    bare page   ratio");
  const at = (which: number) => [found.ours[which] ?? [], found.bare[which] ?? []].map(median);
  const [paint = [], js = [], memory = []] = [0, 1, 2].map(at);
  row("first paint", paint[0] ?? NaN, paint[1] ?? NaN, "ms");
  row("memory of scripts, after collecting", js[0] ?? NaN, js[1] ?? NaN, "MiB", 1);
  row("memory of the renderer (PSS)", memory[0] ?? NaN, memory[1] ?? NaN, "MiB");
});

/** How long each frame took while the page was scrolled, in milliseconds. */
function scrolled(page: Page): Promise<number[]> {
  return page.evaluate(
    async ([stride = 0, frames = 0]) => {
      const body = document.querySelector(".body") ?? document.scrollingElement;
      if (!body) throw new Error("nothing scrolls");
      const next = () => new Promise<number>((frame) => requestAnimationFrame(frame));
      const took: number[] = [];
      let last = await next();
      for (let frame = 0; frame < frames; frame += 1) {
        body.scrollTop += stride;
        const now = await next();
        took.push(now - last);
        last = now;
      }
      if (body.scrollTop < stride * frames * 0.9) throw new Error("it did not scroll so far");
      return took;
    },
    [STRIDE, FRAMES],
  );
}

test(`${ROWS} rows scrolled`, async () => {
  const session = await browser.newBrowserCDPSession();
  const figures = [];
  for (const make of [ours, bare]) {
    const page = await make(ROWS);
    const took = await scrolled(page);
    // A clock tick is no frame: one is late when the screen had to show the old one once more.
    const late = took.filter((each) => each > FRAME * 1.5);
    const worst = took.toSorted((a, b) => b - a)[0] ?? NaN;
    figures.push({ late: late.length, worst, memory: await share(session) });
    await shut(page);
  }
  const [one, other] = figures;
  if (!one || !other) throw new Error("not measured");
  say(
    `\n${ROWS.toLocaleString("en")} rows, scrolled by ${FRAMES * STRIDE} pixels     Bellhop    bare page   ratio`,
  );
  say(
    `  frames of ${FRAMES} longer than 16.7 ms       ${String(one.late).padStart(8)}${String(other.late).padStart(13)}`,
  );
  row("longest frame", one.worst, other.worst, "ms");
  row("memory of the renderer (PSS)", one.memory, other.memory, "MiB");
});
