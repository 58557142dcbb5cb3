import type { IncomingHttpHeaders } from "node:http";
import { describe, expect, test } from "vitest";
import { CONSOLE_HEADER } from "../contract.ts";
import { fromThisMachine, hasToken } from "./callerCheck.ts";

const HOST = "127.0.0.1:3000";

describe("who may call", () => {
  test.each<[string, IncomingHttpHeaders]>([
    ["a person's address bar", { host: HOST, "sec-fetch-site": "none" }],
    ["the page itself", { host: HOST, "sec-fetch-site": "same-origin", origin: `http://${HOST}` }],
    ["a program without a browser's headers", { host: HOST }],
    ["the page by the machine's name", { host: "localhost:3000", origin: "http://localhost:3000" }],
    ["the page by IPv6", { host: "[::1]:3000" }],
  ])("%s", (_, headers) => {
    expect(fromThisMachine({ headers }, "other")).toBe(true);
  });

  test.each<[string, IncomingHttpHeaders]>([
    ["a foreign page", { host: HOST, origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["a foreign page whose browser marks nothing but the origin", { host: HOST, origin: "https://evil.example" }],
    ["a page of another port of this machine", { host: HOST, origin: "http://127.0.0.1:4000", "sec-fetch-site": "same-site" }],
    ["a page without an origin, such as a sandboxed frame", { host: HOST, origin: "null" }],
    ["a foreign script tag", { host: HOST, "sec-fetch-site": "cross-site" }],
    ["a name that was rebound to this machine", { host: "evil.example:3000" }],
    ["a name that only begins like this machine", { host: "127.0.0.1.evil.example" }],
    ["nobody's host", {}],
  ])("not %s", (_, headers) => {
    expect(fromThisMachine({ headers }, "other")).toBe(false);
  });

  test("a link from elsewhere may lead to the page, a frame may not hold it, and a script may not load it", () => {
    const cross = { host: HOST, "sec-fetch-site": "cross-site" } as const;
    const link = { ...cross, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    expect(fromThisMachine({ headers: link }, "page")).toBe(true);
    expect(fromThisMachine({ headers: link }, "other")).toBe(false);
    expect(fromThisMachine({ headers: { ...link, "sec-fetch-dest": "iframe" } }, "page")).toBe(false);
    expect(fromThisMachine({ headers: { ...cross, "sec-fetch-mode": "no-cors" } }, "page")).toBe(false);
  });
});

test("only the run's own token is the token", () => {
  const given = (token: string | string[]) => hasToken({ headers: { [CONSOLE_HEADER]: token } }, "right");
  expect(given("right")).toBe(true);
  for (const wrong of ["", "righ", "right ", "wrong", "rightright"]) expect(given(wrong)).toBe(false);
  expect(given(["right", "right"])).toBe(false);
  expect(hasToken({ headers: {} }, "right")).toBe(false);
});
