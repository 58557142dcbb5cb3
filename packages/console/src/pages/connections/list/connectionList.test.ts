import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import type { ConnectionView, Page } from "../../../contract.ts";
import { fetchPages, matching, summaryOf } from "./connectionList.ts";
import { createThrottle } from "./throttle.ts";

const connection = (connectionId: string, change: Partial<ConnectionView> = {}): ConnectionView => ({
  connectionId,
  tenantId: "acme",
  userId: "ada",
  permissions: [],
  connectedAt: 1,
  lastMessageAt: 2,
  messagesReceived: 0,
  messagesSent: 0,
  tokenExpiresAt: 3,
  open: true,
  requests: [],
  topics: [],
  ...change,
});
const ids = (connections: readonly ConnectionView[]): readonly string[] => connections.map(({ connectionId }) => connectionId);

describe("pages", () => {
  const pages = new Map<string | undefined, Page<ConnectionView>>([
    [undefined, { items: [connection("c1"), connection("c2")], cursor: "2" }],
    ["2", { items: [connection("c2"), connection("c3")] }],
  ]);
  const fetchPage = async (cursor: string | undefined) => pages.get(cursor) ?? { items: [] };

  test("one page says that there is more", async () => {
    const list = await fetchPages(fetchPage, 1);
    expect([ids(list.connections), list.more]).toEqual([["c1", "c2"], true]);
  });

  test("a connection that is in two pages is listed once, and after the last page there is no more", async () => {
    const list = await fetchPages(fetchPage, 5);
    expect([ids(list.connections), list.more]).toEqual([["c1", "c2", "c3"], false]);
  });
});

describe("the list", () => {
  test("has open ones first, the newest on top", () => {
    const connections = [connection("old"), connection("leftover", { open: false, connectedAt: 9 }), connection("new", { connectedAt: 5 })];
    expect(ids(matching(connections, ""))).toEqual(["new", "old", "leftover"]);
  });

  test.each(["BOB", "beta", "c-77", "orders", "req-9"])("finds a connection by %s", (text) => {
    const wanted = connection("c-77", { userId: "bob", tenantId: "beta", topics: ["orders"], requests: ["req-9"] });
    expect(matching([connection("c1"), wanted], ` ${text} `)).toEqual([wanted]);
  });
});

test.each([
  [[true, true], false, "2 open"],
  [[true, false], false, "1 open, 1 leftover"],
  [[false, false], true, "0 open, 2 leftovers of the first 2"],
])("the summary of %j, more: %j, is %j", (open, more, text) => {
  const connections = open.map((isOpen, index) => connection(`c${index}`, { open: isOpen }));
  expect(summaryOf({ connections, more })).toBe(text);
});

describe("a throttle", () => {
  test("makes one call of many that come close together, and another of what comes later", async () => {
    const clock = createFakeClock();
    let runs = 0;
    const throttle = createThrottle({ delayMs: 100, run: () => (runs += 1) }, { clock });
    throttle.call();
    await clock.advance(60);
    throttle.call();
    await clock.advance(40);
    expect(runs).toBe(1);
    throttle.call();
    await clock.advance(100);
    expect(runs).toBe(2);
  });

  test("that is stopped calls nothing any more", async () => {
    const clock = createFakeClock();
    let runs = 0;
    const throttle = createThrottle({ delayMs: 100, run: () => (runs += 1) }, { clock });
    throttle.call();
    throttle.stop();
    await clock.advance(1_000);
    expect(runs).toBe(0);
  });
});
