import { createFakeClock } from "@streamer/protocol/testing";
import { expect, test } from "vitest";
import { createHops } from "./createHops.ts";
import { MAX_HOPS } from "./timelines.ts";
import type { HopsEvent } from "./types.ts";

const GAUGES = { connections: 3, queues: [] };

function world(limit?: number) {
  const clock = createFakeClock();
  const hops = createHops({ clock, ...(limit === undefined ? {} : { limit }) });
  const see = (requestId: string, what = "frame in") => hops.record({ tenantId: "acme", requestId, hop: "gateway", what });
  const figuresOf = (name: string) => hops.flow(GAUGES).hops.find(({ hop }) => hop === name);
  return { clock, hops, see, figuresOf };
}

test("a timeline is by time, whatever was seen first, and belongs to one tenant", async () => {
  const { clock, hops, see } = world();
  const createdAt = clock.now();
  await clock.advance(100);
  see("r1", "seen first");
  hops.record({ tenantId: "acme", requestId: "r1", hop: "table", what: "put", at: createdAt });
  expect(hops.timelineOf("acme", "r1").map(({ what }) => what)).toEqual(["put", "seen first"]);
  expect(hops.timelineOf("another", "r1")).toEqual([]);
  expect(hops.timelineOf(undefined, "r1")).toEqual([]);
});

test("beyond the limit the request that was silent the longest is forgotten", () => {
  const { hops, see } = world(2);
  for (const id of ["r1", "r2", "r1", "r3"]) see(id);
  expect(["r1", "r2", "r3"].map((id) => hops.timelineOf("acme", id).length)).toEqual([2, 0, 1]);
});

test("of a request with too many hops the first and the last are kept", () => {
  const { hops, see } = world();
  for (let index = 0; index < MAX_HOPS + 50; index += 1) see("r1", `${index}`);
  const kept = hops.timelineOf("acme", "r1").map(({ what }) => Number(what));
  expect(kept).toHaveLength(MAX_HOPS);
  expect([kept[0], kept[MAX_HOPS / 2 - 1], kept.at(-1)]).toEqual([0, MAX_HOPS / 2 - 1, MAX_HOPS + 49]);
});

test("percentiles are of the last minute, and within some percent", async () => {
  const { clock, hops, figuresOf } = world();
  for (let ms = 1; ms <= 100; ms += 1) hops.record({ requestId: "r", hop: "queue", what: "message", latencyMs: ms });
  const { p50Ms = 0, p95Ms = 0, p99Ms = 0 } = figuresOf("queue") ?? {};
  for (const [is, shouldBe] of [
    [p50Ms, 50],
    [p95Ms, 95],
    [p99Ms, 99],
  ] as const)
    expect(Math.abs(is - shouldBe) / shouldBe).toBeLessThan(0.06);
  await clock.advance(61_000);
  expect(figuresOf("queue")).toEqual({ hop: "queue", total: 100, perSecond: 0 });
});

test("rates are per second of the run so far, then of the last minute", async () => {
  const { clock, see, figuresOf } = world();
  for (let index = 0; index < 10; index += 1) see("r1");
  await clock.advance(4_000);
  expect(figuresOf("gateway")?.perSecond).toBe(2);
  await clock.advance(50_000);
  expect(figuresOf("gateway")?.perSecond).toBeCloseTo(10 / 55, 1);
});

test("what was entered and not left is in flight; leaving twice counts once", () => {
  const { hops, figuresOf } = world();
  const leave = hops.enter("worker");
  hops.enter("worker");
  leave();
  leave();
  expect(figuresOf("worker")?.inFlight).toBe(1);
});

test("the series has 120 seconds, with what was submitted, ended and failed in each", async () => {
  const { clock, hops } = world();
  const ended = { requestId: "r", at: 0, action: "echo", userId: "ada", attempts: 1, durationMs: 200 } as const;
  hops.submitted();
  hops.change({ ...ended, status: "completed" });
  hops.change({ ...ended, status: "retrying" });
  await clock.advance(1_000);
  hops.change({ ...ended, status: "failed" });
  const { series } = hops.flow(GAUGES);
  expect(series).toHaveLength(120);
  expect(series.slice(-2)).toMatchObject([
    { submitted: 1, ended: 1, failed: 0, p50Ms: expect.closeTo(200, -1) as number },
    { submitted: 0, ended: 1, failed: 1 },
  ]);
  // The ring has come round: nothing of the first seconds is left in the places that are used again.
  await clock.advance(119_000);
  hops.submitted();
  expect(hops.flow(GAUGES).series.filter(({ ended: count }) => count > 0)).toHaveLength(1);
});

test("listeners hear of hops until they leave, and one that throws hurts nobody", () => {
  const { hops, see } = world();
  const heard: HopsEvent[] = [];
  hops.subscribe(() => {
    throw new Error("a page that is gone");
  });
  const leave = hops.subscribe((event) => heard.push(event));
  see("r1");
  leave();
  see("r1");
  expect(heard).toEqual([{ type: "hop", hop: expect.objectContaining({ requestId: "r1", what: "frame in", hop: "gateway" }) as object }]);
});
