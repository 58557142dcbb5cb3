import { REQUEST_STATUSES, TERMINAL_STATUSES } from "@streamer/protocol";
import { describe, expect, it } from "vitest";
import { conditionOf, mayHappen, TRANSITIONS } from "./transitions.ts";
import type { ClauseWriter, GuardedState, TransitionName } from "./transitions.ts";

const NAMES = Object.keys(TRANSITIONS) as TransitionName[];
const now = 1_000;
/** A state in which no guard is in the way. */
const willing = (status: GuardedState["status"]): GuardedState => ({ status, attempt: 2, retry_at: now, lease_expires_at: now });

it.each<[TransitionName, readonly string[], string]>([
  ["claim", ["pending", "processing", "retrying"], "processing"],
  ["heartbeat", ["processing"], "processing"],
  ["release", ["processing"], "processing"],
  ["complete", ["processing"], "completed"],
  ["fail", ["processing"], "failed"],
  ["stop", ["processing"], "cancelled"],
  ["retry", ["processing"], "retrying"],
  ["cancel", ["pending", "retrying"], "cancelled"],
  ["requestCancel", ["processing"], "processing"],
])("%s may happen from %j and leads to %s", (name, from, to) => {
  expect(REQUEST_STATUSES.filter((status) => mayHappen(name, willing(status), { attempt: 2, now }))).toEqual(from);
  expect(TRANSITIONS[name].to).toBe(to);
});

it.each(TERMINAL_STATUSES)("nothing happens to a request that is %s", (status) => {
  expect(NAMES.filter((name) => mayHappen(name, willing(status), { attempt: 2, now }))).toEqual([]);
});

it.each(["heartbeat", "release", "complete", "fail", "stop", "retry"] as const)("%s is fenced by the attempt", (name) => {
  for (const attempt of [1, 3]) expect(mayHappen(name, willing("processing"), { attempt, now })).toBe(false);
});

describe("claim", () => {
  it.each([
    ["retrying before its time", { status: "retrying", attempt: 1, retry_at: now + 1 }, false],
    ["retrying at its time", { status: "retrying", attempt: 1, retry_at: now }, true],
    ["retrying without a time", { status: "retrying", attempt: 1 }, false],
    ["processing under a live lease", { status: "processing", attempt: 1, lease_expires_at: now + 1 }, false],
    ["processing when the lease ends", { status: "processing", attempt: 1, lease_expires_at: now }, true],
    ["processing without a lease", { status: "processing", attempt: 1 }, false],
  ] satisfies [string, GuardedState, boolean][])("%s: %o", (_, state, may) => {
    expect(mayHappen("claim", state, { now })).toBe(may);
  });
});

it("a guard without the value it compares with is a defect that says which value", () => {
  const writer: ClauseWriter = { equals: () => "", atMost: () => "" };
  expect(() => conditionOf("heartbeat", writer, {})).toThrow(new TypeError('This transition\'s clauses compare with "attempt". Pass it.'));
  expect(() => conditionOf("claim", writer, {})).toThrow(/"now"/);
});
