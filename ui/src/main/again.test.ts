import { expect, test } from "vitest";
import { again } from "./again";

test.each([
  ["/", "#/", "bellhop open --browser"],
  ["/", "#/access", "bellhop open --browser"],
  ["/index.html", "#/approvals", "bellhop open --browser approvals"],
  ["/", "#/requests/R-1042", "bellhop open --browser R-1042"],
  ["/", "#/requests/R-1;rm -rf", "bellhop open --browser"],
  ["/", "#/contexts/$(x)/confirm", "bellhop open --browser contexts"],
  ["/palette.html", "#/R-1042", "bellhop open --browser --palette"],
])("%s%s is opened again with: %s", (pathname, hash, command) => {
  expect(again({ pathname, hash })).toBe(command);
});
