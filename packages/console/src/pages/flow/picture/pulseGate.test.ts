import { expect, test } from "vitest";
import { createPulseGate } from "./pulseGate.ts";

test("a hop at which much happens shows a sample of it", () => {
  const gate = createPulseGate({ minGapMs: 100 });
  expect([0, 50, 99, 100, 150, 200].map((now) => gate.take("queue", now))).toEqual([true, false, false, true, false, true]);
});

test("hops do not take each other's dots", () => {
  const gate = createPulseGate({ minGapMs: 100 });
  expect(gate.take("queue", 0)).toBe(true);
  expect(gate.take("worker", 0)).toBe(true);
});

test("no more dots than allowed are there at once", () => {
  const gate = createPulseGate({ maxDots: 2, minGapMs: 0 });
  expect([gate.take("queue", 0), gate.take("queue", 1), gate.take("worker", 2)]).toEqual([true, true, false]);
  gate.done();
  expect(gate.take("worker", 3)).toBe(true);
});
