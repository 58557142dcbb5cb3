import { describe, expect, test } from "vitest";
import type { HopName } from "../../../contract.ts";
import { hopsOf, RETRIED_HOPS, wayIn } from "../testing/samples.ts";
import type { HopLine } from "../testing/samples.ts";
import { groupByAttempt } from "./groups.ts";

function namesOf(lines: readonly HopLine[]): readonly (readonly [number | undefined, readonly HopName[]])[] {
  return groupByAttempt(hopsOf(lines)).map(({ attempt, hops }) => [attempt, hops.map(({ hop }) => hop)] as const);
}

const WAY_IN: readonly HopName[] = ["gateway", "router", "table", "pipe", "bus", "queue"];

describe("hops by attempt", () => {
  test("of none there is no group", () => {
    expect(groupByAttempt([])).toEqual([]);
  });

  test("what no worker has begun is a group without an attempt", () => {
    expect(namesOf(wayIn())).toEqual([[undefined, WAY_IN]]);
  });

  test("the way from the gateway belongs to the first attempt, in order of time whatever the order of telling", () => {
    expect(namesOf([[90, "worker", "attempt 1 starts", { attempt: 1 }], ...wayIn()])).toEqual([[1, [...WAY_IN, "worker"]]]);
  });

  test("the queue's second message belongs to the attempt that it leads to, what came of the first to the first", () => {
    const groups = groupByAttempt(RETRIED_HOPS);
    expect(groups.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(groups[0]?.hops.at(-1)?.what).toBe("retrying");
    expect(groups[1]?.hops.map(({ hop }) => hop)).toEqual([
      "queue",
      "worker",
      "update",
      "post",
      "update",
      "post",
      "worker",
      "table",
      "post",
      "end",
    ]);
  });

  test("a redrive's way begins behind the end of the attempt before", () => {
    const lines: readonly HopLine[] = [
      ...wayIn(),
      [20, "worker", "attempt 1 starts", { attempt: 1 }],
      [30, "worker", "attempt 1 ends", { attempt: 1 }],
      [31, "post", "posted"],
      [32, "end", "failed", { attempt: 1 }],
      [33, "pipe", "record: failed", { attempt: 1 }],
      [34, "bus", "event: failed"],
      [900, "table", "failed → pending", { attempt: 1 }],
      [901, "pipe", "record: pending", { attempt: 1 }],
      [902, "bus", "event"],
      [903, "queue", "message"],
      [904, "worker", "attempt 2 starts", { attempt: 2 }],
    ];
    expect(namesOf(lines)).toEqual([
      [1, [...WAY_IN, "worker", "worker", "post", "end", "pipe", "bus"]],
      [2, ["table", "pipe", "bus", "queue", "worker"]],
    ]);
  });

  test("a hop of an earlier attempt that is told late stays with it", () => {
    const lines: readonly HopLine[] = [
      [0, "worker", "attempt 1 starts", { attempt: 1 }],
      [10, "worker", "attempt 2 starts", { attempt: 2 }],
      [11, "worker", "attempt 1 ends", { attempt: 1 }],
      [12, "post", "posted"],
    ];
    expect(namesOf(lines)).toEqual([
      [1, ["worker", "worker"]],
      [2, ["worker", "post"]],
    ]);
  });
});
