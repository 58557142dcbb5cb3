import { REQUEST_STATUSES, TERMINAL_STATUSES } from "@streamer/protocol";
import { describe, expect, it } from "vitest";
import { conditionOf, mayHappen, TRANSITIONS } from "./transitions.ts";
import type { ClauseWriter, GuardedState, TransitionName } from "./transitions.ts";

const NAMES = Object.keys(TRANSITIONS) as TransitionName[];
const now = 1_000;
const values = { attempt: 2, now, dueAt: now };
/** A state in which no guard is in the way. */
const willing = (status: GuardedState["status"]): GuardedState => ({
  status,
  attempt: 2,
  retry_at: now,
  lease_expires_at: now,
  due_at: now,
});

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
  ["recover", ["processing"], "retrying"],
  ["abandon", ["processing"], "failed"],
  ["stopLost", ["processing"], "cancelled"],
  ["dispatch", ["pending"], "pending"],
  ["dispatchRetry", ["retrying"], "retrying"],
  ["expire", ["pending", "retrying"], "failed"],
  ["redrive", ["failed", "cancelled"], "pending"],
])("%s may happen from %j and leads to %s", (name, from, to) => {
  expect(REQUEST_STATUSES.filter((status) => mayHappen(name, willing(status), values)).toSorted()).toEqual(from.toSorted());
  expect(TRANSITIONS[name].to).toBe(to);
});

it("nothing happens to a request that has completed, and only a redrive to one that failed or was cancelled", () => {
  const possible = (status: GuardedState["status"]) => NAMES.filter((name) => mayHappen(name, willing(status), values));
  expect(TERMINAL_STATUSES.map(possible)).toEqual([[], ["redrive"], ["redrive"]]);
});

it.each(["heartbeat", "release", "complete", "fail", "stop", "retry", "recover", "abandon", "stopLost"] as const)(
  "%s is fenced by the attempt",
  (name) => {
    for (const attempt of [1, 3]) expect(mayHappen(name, willing("processing"), { ...values, attempt })).toBe(false);
  },
);

it.each(["recover", "abandon", "stopLost"] as const)("%s waits for the end of the lease", (name) => {
  expect(mayHappen(name, { ...willing("processing"), lease_expires_at: now + 1 }, values)).toBe(false);
});

it.each(["retry", "recover"] as const)("%s is refused to a request whose end was asked for", (name) => {
  expect(mayHappen(name, { ...willing("processing"), cancel_requested_at: 1 }, values)).toBe(false);
});

it.each([
  ["dispatch", "pending"],
  ["dispatchRetry", "retrying"],
] as const)("%s happens once of what was seen due", (name, status) => {
  expect(mayHappen(name, { ...willing(status), due_at: now + 60_000 }, values)).toBe(false);
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
  const writer: ClauseWriter = { equals: () => "", atMost: () => "", absent: () => "" };
  expect(() => conditionOf("heartbeat", writer, {})).toThrow(new TypeError('This transition\'s clauses compare with "attempt". Pass it.'));
  expect(() => conditionOf("claim", writer, {})).toThrow(/"now"/);
});
