import { expect, test } from "vitest";
import { inRules } from "./notWell.ts";

const alarms = (count: number, chars: number) =>
  Array.from({ length: count }, (_, index) => ({ name: String(index).padStart(chars, "x") }));
const rule = (part: readonly { readonly name: string }[]): string => part.map(({ name }) => `ALARM("${name}")`).join(" OR ");

test("as many alarms as CloudWatch takes stand in one rule", () => {
  expect(inRules(alarms(100, 60))).toEqual([alarms(100, 60)]);
});

test("one more makes a second rule", () => {
  expect(inRules(alarms(101, 60)).map(({ length }) => length)).toEqual([100, 1]);
});

test("long names make more rules, none of them too long, and no alarm is left out", () => {
  const all = alarms(100, 250);
  const parts = inRules(all);
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.flat()).toEqual(all);
  for (const part of parts) expect(rule(part).length).toBeLessThanOrEqual(10_240);
});

test("without alarms there is no rule", () => {
  expect(inRules([])).toEqual([]);
});
