import { describe, expect, it } from "vitest";
import { addTallies, createTallying } from "./tally.ts";

/** A tally with a clock that is set by hand. */
function counted() {
  let now = 0;
  const tallying = createTallying(() => now);
  const at = (ms: number): typeof tallying => {
    now = ms;
    return tallying;
  };
  return { tallying, at };
}

const acknowledgment = (id: string) => ({ type: "acknowledgment", request_id: id, status: "pending" });
const complete = (id: string) => ({ type: "complete", request_id: id, result: { success: true } });
const response = (id: string) => ({ type: "response", request_id: id, success: true, data: {} });
const progress = (id: string, previous: number, sequence: number) => ({ type: "progress", request_id: id, previous, sequence });

describe("what came of a request", () => {
  it("an echo is answered once, and its time is known", () => {
    const { tallying, at } = counted();
    at(10).sent("e1", "echo");
    at(14.26).came(response("e1"));
    expect(tallying.tally().echoes).toEqual({ sent: 1, succeeded: 1, failed: 0, unanswered: 0, doubled: 0, latencyMs: [4.3] });
    expect(tallying).toMatchObject({ open: 0, unheard: 0 });
  });

  it("work is acknowledged, updated and completed, each with its time", () => {
    const { tallying, at } = counted();
    at(0).sent("w1", "work");
    expect(tallying).toMatchObject({ open: 1, unheard: 1 });
    at(5).came(acknowledgment("w1"));
    expect(tallying).toMatchObject({ open: 1, unheard: 0 });
    at(9).came(progress("w1", 0, 1_000_001));
    at(12).came(progress("w1", 1_000_001, 1_000_002));
    at(20).came(complete("w1"));
    expect(tallying.open).toBe(0);
    expect(tallying.tally()).toMatchObject({ ackMs: [5], firstUpdateMs: [9], updates: 2, updatesOutOfLine: 0, workIds: ["w1"] });
    expect(tallying.tally().works).toMatchObject({ succeeded: 1, unanswered: 0, doubled: 0, latencyMs: [20] });
  });

  it("one that never came is unanswered", () => {
    const { tallying } = counted();
    tallying.sent("e1", "echo");
    tallying.sent("w1", "work");
    tallying.came(acknowledgment("w1"));
    expect(tallying.tally()).toMatchObject({ echoes: { unanswered: 1 }, works: { unanswered: 1 } });
    expect(tallying.open).toBe(2);
  });

  it.each([
    ["an answer", "echo", response, "echoes"],
    ["an acknowledgment", "work", acknowledgment, "works"],
    ["an end", "work", complete, "works"],
  ] as const)("%s that comes twice is doubled", (_, kind, frame, counts) => {
    const { tallying } = counted();
    tallying.sent("x", kind);
    tallying.came(frame("x"));
    expect(tallying.tally()[counts].doubled).toBe(0);
    tallying.came(frame("x"));
    expect(tallying.tally()[counts].doubled).toBe(1);
  });

  it("a refusal is a failure with its code, and frees its place", () => {
    const { tallying } = counted();
    tallying.sent("w1", "work");
    tallying.came({ type: "error", request_id: "w1", error: { code: "RATE_LIMITED" } });
    expect(tallying).toMatchObject({ open: 0, unheard: 0 });
    expect(tallying.tally()).toMatchObject({ works: { failed: 1, succeeded: 0, unanswered: 0 }, codes: { RATE_LIMITED: 1 } });
  });

  it("an update that does not follow the last is out of line", () => {
    const { tallying } = counted();
    tallying.sent("w1", "work");
    tallying.came(progress("w1", 1_000_001, 1_000_002));
    expect(tallying.tally().updatesOutOfLine).toBe(1);
  });

  it("frames of the gateway, and those of nothing that was sent, are counted apart", () => {
    const { tallying } = counted();
    tallying.came({ message: "Endpoint request timed out", connectionId: "c", requestId: "g" });
    tallying.came(response("never-sent"));
    expect(tallying.tally()).toMatchObject({ gatewayFrames: 1, strays: 1 });
  });
});

it("the tallies of several processes are added", () => {
  const [one, other] = [counted(), counted()];
  one.tallying.sent("a", "echo");
  one.at(1).came(response("a"));
  other.tallying.sent("b", "work");
  other.at(2).came({ type: "error", request_id: "b", error: { code: "TIMEOUT" } });
  const sum = addTallies([one.tallying.tally(), other.tallying.tally()]);
  expect(sum.echoes).toMatchObject({ sent: 1, succeeded: 1, latencyMs: [1] });
  expect(sum.works).toMatchObject({ sent: 1, failed: 1 });
  expect(sum).toMatchObject({ workIds: ["b"], codes: { TIMEOUT: 1 } });
});
