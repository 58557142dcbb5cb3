import { describe, expect, test } from "vitest";
import { sampleRow } from "../requests/testing/samples.ts";
import { byCode, isAllWell } from "./byReason.ts";
import type { DeadRequest } from "./byReason.ts";

const dead = (requestId: string, errorCode: string | undefined, endedAt: number): DeadRequest =>
  sampleRow({ requestId, status: "failed", endedAt, ...(errorCode === undefined ? {} : { errorCode }) });

test("what failed is grouped by its code: the commonest first, the last failed first within", () => {
  const groups = byCode([dead("a", "TIMEOUT", 1), dead("b", "EXPIRED", 2), dead("c", "TIMEOUT", 3), dead("d", undefined, 4)]);
  expect(groups.map(({ code, requests }) => [code, requests.map(({ requestId }) => requestId)])).toEqual([
    ["TIMEOUT", ["c", "a"]],
    ["EXPIRED", ["b"]],
    ["no code", ["d"]],
  ]);
});

describe("all is well", () => {
  const WELL = { requests: [], queues: [{ queue: "echo_dead_letters", messages: 0 }], pipe: 0 };

  test("with nothing dead anywhere", () => {
    expect(isAllWell(WELL)).toBe(true);
  });

  test.each([
    ["a request", { requests: [dead("a", "TIMEOUT", 1)] }],
    ["a message", { queues: [{ queue: "echo_dead_letters", messages: 1 }] }],
    ["a record of the Pipe", { pipe: 1 }],
  ])("but not with %s", (_, letters) => {
    expect(isAllWell({ ...WELL, ...letters })).toBe(false);
  });
});
