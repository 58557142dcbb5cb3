import { describe, expect, test } from "vitest";
import { sampleDetail, SAMPLE_START, wayIn, hopsOf } from "../testing/samples.ts";
import { attemptsOf } from "./attempts.ts";

const NOW = SAMPLE_START + 10_000;

describe("the attempts of a request", () => {
  test("are none before a worker has it", () => {
    expect(attemptsOf(sampleDetail({ status: "pending", attempt: 0, timeline: hopsOf(wayIn()) }), NOW)).toEqual([]);
  });

  test("tell of each when it worked, how far it came and how it ended", () => {
    expect(attemptsOf(sampleDetail(), NOW)).toEqual([
      {
        attempt: 1,
        startedAt: SAMPLE_START + 90,
        durationMs: 810,
        end: "Failed",
        tone: "bad",
        trouble: "worker killed",
        updates: 2,
        percentage: 40,
      },
      {
        attempt: 2,
        startedAt: SAMPLE_START + 2_904,
        durationMs: 1_596,
        end: "Completed",
        tone: "good",
        trouble: undefined,
        updates: 2,
        percentage: 90,
      },
    ]);
  });

  test("of an earlier run have what the table knows", () => {
    const request = sampleDetail({ timeline: [], startedAt: SAMPLE_START + 2_904, endedAt: SAMPLE_START + 4_508 });
    expect(attemptsOf(request, NOW)).toMatchObject([
      { attempt: 1, startedAt: undefined, end: "Before this run" },
      { attempt: 2, startedAt: SAMPLE_START + 2_904, durationMs: 1_604, end: "Completed" },
    ]);
  });

  test("the last of a request that is tried again has failed, though its status is open", () => {
    const request = sampleDetail({ status: "retrying", attempt: 1, timeline: sampleDetail().timeline.slice(0, 13) });
    expect(attemptsOf(request, NOW)).toMatchObject([{ attempt: 1, end: "Failed", trouble: "worker killed" }]);
  });

  test("one that runs lasts until now", () => {
    const timeline = hopsOf([...wayIn(), [90, "worker", "attempt 1 starts", { attempt: 1 }]]);
    expect(attemptsOf(sampleDetail({ status: "processing", attempt: 1, timeline }), NOW)).toMatchObject([
      { end: "Running", tone: "accent", durationMs: 9_910 },
    ]);
  });
});
