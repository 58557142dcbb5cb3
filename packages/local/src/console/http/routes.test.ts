import { expect, test } from "vitest";
import { findRoute } from "./routes.ts";
import type { Route } from "./routes.ts";

const route = (method: Route["method"], path: string): Route => ({ method, path, run: async () => undefined });
const routes = [
  route("GET", "requests"),
  route("GET", "requests/:tenantId/:requestId"),
  route("POST", "requests/:tenantId/:requestId/cancel"),
];

test("what stands in the places of names is decoded, whatever it is", () => {
  const { route: found, params } = findRoute(routes, "GET", "requests/a%2Fb%23c/r1");
  expect(found).toBe(routes[1]);
  expect(params).toEqual({ tenantId: "a/b#c", requestId: "r1" });
});

test.each([
  "",
  "request",
  "requests/",
  "requests/acme",
  "requests//r1",
  "requests/%E0%A4%A/r1",
  "requests/acme/r1/cancel/now",
  "../requests",
])('"%s" is no call', (path) => {
  expect(() => findRoute(routes, "GET", path)).toThrow(expect.objectContaining({ code: "NOT_FOUND", status: 404 }) as Error);
});

test.each([
  ["GET", "requests/acme/r1/cancel", "POST, not GET"],
  ["DELETE", "requests", "GET, not DELETE"],
])("%s %s is refused with the method that would do", (method, path, why) => {
  expect(() => findRoute(routes, method, path)).toThrow(
    expect.objectContaining({ code: "METHOD_NOT_ALLOWED", status: 405, message: expect.stringContaining(why) as string }) as Error,
  );
});
