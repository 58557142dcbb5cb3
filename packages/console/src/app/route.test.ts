import { expect, test } from "vitest";
import { hrefOf, routeOf } from "./route.ts";
import type { Route } from "./route.ts";

const routes: readonly Route[] = [
  { page: "try" },
  { page: "try", action: "generate_report" },
  { page: "try", action: "generate_report", requestId: "r.1" },
  { page: "requests" },
  { page: "request", tenantId: "a/b?c#d", requestId: "ü 1" },
  { page: "dead-letters" },
  { page: "connections" },
  { page: "flow" },
];

test.each(routes)("the address of $page leads there", (route) => {
  expect(routeOf(hrefOf(route))).toEqual(route);
});

test.each(["", "#", "#/", "#/nowhere", "#/try/", "#page-title"])("%j leads to Try it", (hash) => {
  expect(routeOf(hash)).toEqual({ page: "try" });
});

test("an address that is written wrongly breaks nothing", () => {
  expect(routeOf("#/requests/%E0%A4%A/r1")).toEqual({ page: "request", tenantId: "%E0%A4%A", requestId: "r1" });
});
