import type { Page } from "playwright-core";

/** Has the lists of requests say that there are so many like this one, all of them open. */
export async function crowd(page: Page, like: object, total: number): Promise<void> {
  const all = Array.from({ length: total }, (_, at) => ({
    ...like,
    number: `R-${100_000 + at}`,
    status: "active",
    label: "Active",
    targets: [`k8s-demo/namespace/team-${at}:view`],
    submitted_at: "2026-01-01T00:00:00Z",
    deadline: new Date(Date.now() + 3_600_000 + at * 1000).toISOString(),
  }));
  await page.route(/\/api\/v1\/requests\?/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get("cursor") ?? 0);
    const to = from + Number(query.get("limit") ?? 50);
    const items = all.slice(from, to);
    return route.fulfill({ json: { items, ...(to < total ? { next: String(to) } : {}) } });
  });
}
