import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MAIN, call, cleared, fits, launch, opened, shut } from "./page";

interface Made {
  number?: string;
  code?: string;
}

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
  await cleared();
});
afterAll(() => browser.close());

const REASONS: Record<string, string> = {
  markup: `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script><b>bold</b> {@html x} &amp;`,
  "right to left": "Approve \u202egpj.exe\u202c and שלום עולם",
  "no width": "cus\u200btomer\u200d1\ufeff \u2066hidden\u2069",
  long: "a".repeat(4000),
  lines: "line\n".repeat(700),
};

async function shown(page: Page): Promise<void> {
  expect(await page.title()).not.toBe("owned");
  expect(await page.locator("img, script:not([src])").count()).toBe(0);
  await fits(page);
}

for (const [name, reason] of Object.entries(REASONS)) {
  test(`a reason of ${name} is text, and nothing else`, async () => {
    const target = "k8s-demo/namespace/customer3:edit";
    const create = (text: string) =>
      call("POST", "/requests", { targets: [target], reason: text }) as Promise<Made>;
    let made = await create(reason);
    // What turns a text around or hides in it is refused. Where it came in all the same, it is shown.
    const refused = made.number === undefined;
    if (refused) {
      expect(made.code).toBe("invalid_input");
      made = await create("PLACE");
    }
    const number = made.number ?? "";
    expect(number).toMatch(/^R-/);
    const pages = [
      `palette.html#/${number}`,
      `index.html#/approvals/${number}`,
      `index.html#/requests/${number}`,
      "index.html#/access",
    ];
    for (const where of pages) {
      const size = where.startsWith("palette") ? {} : { viewport: { width: 960, height: 640 } };
      const page = await opened(browser, where, size, refused ? reason : undefined);
      await page.getByText("customer3").first().waitFor();
      await shown(page);
      if (name === "markup") {
        expect(await page.getByText("<b>bold</b> {@html x} &amp;").count()).toBeGreaterThan(0);
      }
      if (name === "right to left")
        expect(await page.getByText("U+202E").count()).toBeGreaterThan(0);
      if (name === "no width") expect(await page.getByText("U+200B").count()).toBeGreaterThan(0);
      if (name === "long" && !where.endsWith("access")) {
        await page.getByRole("button", { name: "Show all 4,000 characters" }).first().click();
        await shown(page);
      }
      await shut(page);
    }
    await call("POST", `/requests/${number}/withdraw`, {});
  });
}

test("an address with something else in it leads nowhere", async () => {
  const page = await opened(browser, "index.html#/requests/%3Cimg%20src=x%3E", { viewport: MAIN });
  await page.getByText("This address leads nowhere").waitFor();
  await shown(page);
  await shut(page);
});
