import { describe, expect, test } from "vitest";
import { hopsOf, RETRIED_HOPS, SAMPLE_START, wayIn } from "../testing/samples.ts";
import { gapsOf } from "./gaps.ts";
import { exactText } from "./hopText.ts";
import { percentOf, timelineOf } from "./layout.ts";

const RETRIED = { status: "completed", attempt: 2, timeline: RETRIED_HOPS } as const;

describe("the timeline of a request", () => {
  test("is none when nothing was seen of it", () => {
    expect(timelineOf({ status: "completed", attempt: 1, timeline: [] }, SAMPLE_START)).toBeUndefined();
  });

  test("reaches from its first hop to its last, whatever the time is by now", () => {
    expect(timelineOf(RETRIED, SAMPLE_START + 60_000)).toMatchObject({ startAt: SAMPLE_START, endAt: SAMPLE_START + 4_511 });
  });

  test("has a line for each hop of an attempt, what began first above", () => {
    const [first, second] = timelineOf(RETRIED, SAMPLE_START)?.attempts ?? [];
    expect(first?.lanes.map(({ hop }) => hop)).toEqual(["gateway", "router", "table", "pipe", "bus", "queue", "worker", "update", "post"]);
    expect(second?.lanes.map(({ hop }) => hop)).toEqual(["queue", "worker", "update", "post", "table", "end"]);
    expect(first?.lanes.map(({ sinceBeforeMs }) => sinceBeforeMs)).toEqual([undefined, 2, 2, 2, 2, 2, 80, 220, 4]);
  });

  test("shows a worker as one mark from its start to its end, with the trouble that it had", () => {
    const [first, second] = timelineOf(RETRIED, SAMPLE_START)?.attempts ?? [];
    expect(first?.lanes.find(({ hop }) => hop === "worker")?.marks).toEqual([
      { startAt: SAMPLE_START + 90, endAt: SAMPLE_START + 900, what: "attempt 1 ends", trouble: "worker killed" },
    ]);
    expect(first).toMatchObject({ failed: true, troubles: [{ hop: "worker", text: "worker killed" }], open: false, waitedMs: undefined });
    expect(second).toMatchObject({ failed: false, troubles: [], waitedMs: 1_990 });
  });

  test("an attempt that another one followed has failed, though nobody said why; one whose message did not arrive has not", () => {
    const timeline = hopsOf([
      ...wayIn(),
      [90, "worker", "attempt 1 starts", { attempt: 1 }],
      [200, "worker", "attempt 1 ends", { attempt: 1, durationMs: 110 }],
      [300, "worker", "attempt 2 starts", { attempt: 2 }],
      [310, "post", "posted", { trouble: "the gateway answered 410" }],
      [320, "post", "posted", { trouble: "the gateway answered 410" }],
      [400, "worker", "attempt 2 ends", { attempt: 2, durationMs: 100 }],
    ]);
    expect(timelineOf({ status: "completed", attempt: 2, timeline }, SAMPLE_START)?.attempts).toMatchObject([
      { failed: true, troubles: [] },
      { failed: false, troubles: [{ hop: "post", text: "the gateway answered 410" }] },
    ]);
  });

  test("a message that was handed out twice is two runs of one attempt: the one that goes back does not fail it", () => {
    const timeline = hopsOf([
      [0, "worker", "attempt 1 starts", { attempt: 1 }],
      [50, "worker", "attempt 1 starts", { attempt: 1 }],
      [60, "worker", "attempt 1 ends", { attempt: 1, durationMs: 60, trouble: "its message goes back to the queue" }],
      [400, "worker", "attempt 1 ends", { attempt: 1, durationMs: 350 }],
    ]);
    const attempt = timelineOf({ status: "completed", attempt: 1, timeline }, SAMPLE_START)?.attempts[0];
    expect(attempt).toMatchObject({ failed: false, work: { startAt: SAMPLE_START, endAt: SAMPLE_START + 400 } });
    expect(attempt?.lanes[0]?.marks.map(({ startAt, endAt }) => [startAt - SAMPLE_START, endAt - SAMPLE_START])).toEqual([
      [0, 60],
      [50, 400],
    ]);
  });

  test("a run beyond the request's last attempt is the message handed out once more, and belongs to the last attempt", () => {
    const timeline = hopsOf([
      [0, "worker", "attempt 1 starts", { attempt: 1 }],
      [50, "worker", "attempt 2 starts", { attempt: 2 }],
      [60, "worker", "attempt 2 ends", { attempt: 2, durationMs: 10 }],
      [400, "worker", "attempt 1 ends", { attempt: 1, durationMs: 400 }],
    ]);
    const attemptsOf = (status: "completed" | "retrying"): readonly (number | undefined)[] | undefined =>
      timelineOf({ status, attempt: 1, timeline }, SAMPLE_START)?.attempts.map(({ attempt }) => attempt);
    expect(attemptsOf("completed")).toEqual([1]);
    expect(attemptsOf("retrying")).toEqual([1, 2]);
  });

  test("the end is a moment: its duration is that of the whole request", () => {
    const timeline = hopsOf([...wayIn(), [700, "end", "completed", { durationMs: 700 }]]);
    const lanes = timelineOf({ status: "completed", attempt: 0, timeline }, SAMPLE_START)?.attempts[0]?.lanes;
    expect(lanes?.at(-1)).toMatchObject({ hop: "end", startAt: SAMPLE_START + 700, endAt: SAMPLE_START + 700 });
  });

  test("a hop's duration lies before the moment at which it was told", () => {
    const timeline = hopsOf([
      [0, "gateway", "frame in"],
      [50, "router", "routed", { durationMs: 30 }],
    ]);
    const lanes = timelineOf({ status: "pending", attempt: 0, timeline }, SAMPLE_START)?.attempts[0]?.lanes;
    expect(lanes?.[1]?.marks[0]).toMatchObject({ startAt: SAMPLE_START + 20, endAt: SAMPLE_START + 50 });
  });

  test("a worker that is at it reaches to now; one whose request waits for another attempt does not", () => {
    const timeline = hopsOf([...wayIn(), [90, "worker", "attempt 1 starts", { attempt: 1 }]]);
    const now = SAMPLE_START + 5_000;
    expect(timelineOf({ status: "processing", attempt: 1, timeline }, now)?.attempts[0]).toMatchObject({ open: true, endAt: now });
    expect(timelineOf({ status: "retrying", attempt: 1, timeline }, now)).toMatchObject({
      endAt: now,
      attempts: [{ open: false, endAt: SAMPLE_START + 90 }],
    });
  });
});

describe("gaps", () => {
  const whole = { startAt: 0, endAt: 1_000 };

  test("are where nothing happens for a good part of the whole, told by what ended them", () => {
    const happenings = [
      { startAt: 0, endAt: 10, hop: "queue" },
      { startAt: 300, endAt: 900, hop: "worker" },
      { startAt: 500, endAt: 500, hop: "update" },
      { startAt: 1_000, endAt: 1_000, hop: "end" },
    ] as const;
    expect(gapsOf(happenings, whole)).toEqual([
      { startAt: 10, endAt: 300, before: "worker" },
      { startAt: 900, endAt: 1_000, before: "end" },
    ]);
  });

  test("of less than 20 ms are none, however short the whole is", () => {
    expect(gapsOf([{ startAt: 19, endAt: 19, hop: "router" }], { startAt: 0, endAt: 19 })).toEqual([]);
  });
});

test.each([
  [0, 0],
  [250, 25],
  [1_000, 100],
  [2_000, 100],
  [-5, 0],
])("the moment %d of a second lies at %d per cent of it", (at, percent) => {
  expect(percentOf(at, { startAt: 0, endAt: 1_000 })).toBe(percent);
});

test("in a span of no length everything lies at its start", () => {
  expect(percentOf(7, { startAt: 7, endAt: 7 })).toBe(0);
});

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1_000, "1.000 s"],
  [4_508.6, "4.508 s"],
  [81_623, "81.623 s"],
  [600_000, "10 min 0 s"],
])("%d ms is written %s", (ms, text) => {
  expect(exactText(ms)).toBe(text);
});
