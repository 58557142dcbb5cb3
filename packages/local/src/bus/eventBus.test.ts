import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { BusValidationError, createEventBus } from "./eventBus.ts";
import type { BusDeadLetter, BusEvent, EventBusConfig, RuleTarget } from "./eventBus.ts";
import type { Logger } from "./logger.ts";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const pending = { source: ["streamer"], detail: { status: ["pending"] } };
const entry = (detail: object, more: object = {}) => ({
  Source: "streamer",
  DetailType: "streamer.request",
  Detail: JSON.stringify(detail),
  ...more,
});

function setUp(config: Partial<EventBusConfig> = {}) {
  const clock = createFakeClock();
  const received: BusEvent[] = [];
  const letters: BusDeadLetter[] = [];
  let ids = 0;
  const bus = createEventBus(
    {
      rules: [{ name: "pending", pattern: pending, targets: [async (event) => void received.push(event)] }],
      account: "000000000000",
      region: "eu-west-1",
      ...config,
    },
    { clock, newId: () => `event-${(ids += 1)}`, logger: silent, onDeadLetter: (letter) => void letters.push(letter) },
  );
  return { bus, clock, received, letters };
}

/** A target that fails so many times and then takes events. */
function flaky(failures: number) {
  const received: BusEvent[] = [];
  let calls = 0;
  const target: RuleTarget = async (event) => {
    calls += 1;
    if (calls <= failures) throw new Error("not now");
    received.push(event);
  };
  return { target, received, calls: () => calls };
}

describe("the bus", () => {
  test("delivers an event of a matching rule in EventBridge's envelope", async () => {
    const { bus, received } = setUp();
    const result = await bus.putEvents([entry({ status: "pending", n: 1 }, { Resources: ["arn:x"] })]);
    await bus.idle();
    expect(result).toEqual({ failedCount: 0, entries: [{ eventId: "event-1" }] });
    expect(received).toEqual([
      {
        version: "0",
        id: "event-1",
        "detail-type": "streamer.request",
        source: "streamer",
        account: "000000000000",
        time: "2026-01-01T00:00:00Z",
        region: "eu-west-1",
        resources: ["arn:x"],
        detail: { status: "pending", n: 1 },
      },
    ]);
  });

  test("delivers nothing of an event that no rule matches", async () => {
    const { bus, received } = setUp();
    await bus.putEvents([entry({ status: "completed" })]);
    await bus.idle();
    expect(received).toEqual([]);
  });

  test("keeps the time an entry gives", async () => {
    const { bus, received } = setUp();
    await bus.putEvents([entry({ status: "pending" }, { Time: new Date("2025-05-05T05:05:05.678Z") })]);
    await bus.idle();
    expect(received[0]?.time).toBe("2025-05-05T05:05:05Z");
  });

  test.each([
    ["no source", { Source: undefined }, "InvalidArgument"],
    ["no detail type", { DetailType: "" }, "InvalidArgument"],
    ["no detail", { Detail: undefined }, "InvalidArgument"],
    ["a detail that is no JSON", { Detail: "{" }, "MalformedDetail"],
    ["a detail that is no object", { Detail: "[1]" }, "MalformedDetail"],
    ["a source of AWS's own", { Source: "aws.ec2" }, "NotAuthorizedForSourceException"],
  ])("refuses an entry with %s and takes the others", async (_what, wrong, errorCode) => {
    const { bus, received } = setUp();
    const result = await bus.putEvents([{ ...entry({ status: "pending" }), ...wrong }, entry({ status: "pending" })]);
    await bus.idle();
    expect(result.failedCount).toBe(1);
    expect(result.entries).toEqual([expect.objectContaining({ errorCode }), { eventId: "event-2" }]);
    expect(received.map((event) => event.id)).toEqual(["event-2"]);
  });

  test.each([
    ["no entries", 0, 10],
    ["11 entries", 11, 10],
    ["more than 256 KB", 1, 256 * 1024],
  ])("refuses a call with %s", async (_what, count, chars) => {
    const { bus } = setUp();
    const entries = Array.from({ length: count }, () => entry({ status: "x".repeat(chars) }));
    await expect(bus.putEvents(entries)).rejects.toThrow(BusValidationError);
  });

  test("tries a target again with growing waits until it takes the event", async () => {
    const { target, received, calls } = flaky(2);
    const { bus, clock } = setUp({ rules: [{ name: "r", pattern: pending, targets: [target] }] });
    await bus.putEvents([entry({ status: "pending" })]);
    await clock.advance(99);
    expect(calls()).toBe(1);
    await clock.advance(1);
    expect(calls()).toBe(2);
    await clock.advance(199);
    expect(calls()).toBe(2);
    await clock.advance(1);
    expect(received).toHaveLength(1);
  });

  test("a failing target does not hold back another target", async () => {
    const healthy = flaky(0);
    const broken = flaky(Number.POSITIVE_INFINITY);
    const { bus, clock } = setUp({ rules: [{ name: "r", pattern: pending, targets: [broken.target, healthy.target] }] });
    await bus.putEvents([entry({ status: "pending" })]);
    await clock.advance(0);
    expect(healthy.received).toHaveLength(1);
    await bus.close();
  });

  test("an event that a target never takes becomes a dead letter after the attempts", async () => {
    const { target, calls } = flaky(Number.POSITIVE_INFINITY);
    const { bus, clock, letters } = setUp({ rules: [{ name: "r", pattern: pending, targets: [target] }], retry: { maximumAttempts: 3 } });
    await bus.putEvents([entry({ status: "pending" })]);
    await clock.advance(60_000);
    await bus.idle();
    expect(calls()).toBe(3);
    expect(letters).toEqual([expect.objectContaining({ rule: "r", attempts: 3 })]);
  });

  test("an event older than the maximum age is not tried again", async () => {
    const { target, calls } = flaky(Number.POSITIVE_INFINITY);
    const { bus, clock, letters } = setUp({ rules: [{ name: "r", pattern: pending, targets: [target] }], retry: { maximumAgeMs: 350 } });
    await bus.putEvents([entry({ status: "pending" })]);
    await clock.advance(60_000);
    expect(calls()).toBe(3);
    expect(letters).toHaveLength(1);
  });

  test("closing turns waiting retries into dead letters and takes no more events", async () => {
    const { target } = flaky(Number.POSITIVE_INFINITY);
    const { bus, clock, letters } = setUp({ rules: [{ name: "r", pattern: pending, targets: [target] }] });
    await bus.putEvents([entry({ status: "pending" })]);
    await clock.advance(0);
    await bus.close();
    expect(letters).toHaveLength(1);
    expect(clock.pending).toBe(0);
    await expect(bus.putEvents([entry({ status: "pending" })])).rejects.toThrow("closed");
  });

  test.each([
    ["names another bus", "streamer", { EventBusName: "other" }, 0],
    ["names no bus while this is not the default one", "streamer", {}, 0],
    ["names this bus", "streamer", { EventBusName: "streamer" }, 1],
    ["names this bus by ARN", "streamer", { EventBusName: "arn:aws:events:eu-west-1:000000000000:event-bus/streamer" }, 1],
    ["names no bus while this is the default one", "default", {}, 1],
  ])("an entry that %s", async (_what, name, more, deliveries) => {
    const { bus, received } = setUp({ name });
    const result = await bus.putEvents([entry({ status: "pending" }, more)]);
    await bus.idle();
    expect(result.failedCount).toBe(0);
    expect(received).toHaveLength(deliveries);
  });

  test("refuses a rule with six targets", () => {
    const targets = Array.from({ length: 6 }, (): RuleTarget => async () => {});
    expect(() => setUp({ rules: [{ name: "r", pattern: pending, targets }] })).toThrow(RangeError);
  });
});
