import { expect, test } from "vitest";
import type { ChaosView } from "../../../contract.ts";
import { groupsOf, injectedIn, presetOf, PRESETS, switchChange } from "./faults.ts";

const view = (change: Partial<ChaosView> = {}): ChaosView => ({
  on: false,
  seed: 7,
  rates: {},
  roughRates: { post_gone: 0.01, record_dropped: 0.4 },
  counts: {},
  ...change,
});

function preset(key: string, of: ChaosView) {
  const found = PRESETS.find((each) => each.key === key);
  if (found === undefined) throw new Error(`There is no preset ${key}.`);
  return found.changeFor(of);
}

test("a fault that this page has no name for is shown under its own", () => {
  const groups = groupsOf(view({ rates: { record_dropped: 0, clock_jumped: 0.1 } }));
  expect(groups.at(-1)?.faults.map(({ kind, title }) => [kind, title])).toEqual([["clock_jumped", "clock_jumped"]]);
});

test("without such a fault there is no group for others", () => {
  expect(groupsOf(view({ rates: { record_dropped: 0 } })).map(({ title }) => title)).not.toContain("Others");
});

test.each(["rough", "storm"])("after the preset %s is set, it is the one that is shown", (key) => {
  const before = view({ rates: { clock_jumped: 0.1, post_gone: 1 } });
  const change = preset(key, before);
  expect(presetOf({ ...before, on: change.on ?? before.on, rates: { ...before.rates, ...change.rates } })).toBe(key);
});

test("calm leaves the rates as they are", () => {
  expect(preset("calm", view({ on: true, rates: { post_gone: 1 } }))).toEqual({ on: false });
});

test("somebody's own rates are no preset", () => {
  expect(presetOf(view({ on: true, rates: { post_gone: 0.5 } }))).toBeUndefined();
});

test("no rate of a preset is above always", () => {
  for (const { changeFor } of PRESETS) for (const rate of Object.values(changeFor(view()).rates ?? {})) expect(rate).toBeLessThanOrEqual(1);
});

test("chaos that could do nothing is switched on as a rough day", () => {
  expect(switchChange(view({ rates: { post_gone: 0 } }), true).rates?.["post_gone"]).toBeGreaterThan(0);
  expect(switchChange(view({ rates: { post_gone: 0.5 } }), true)).toEqual({ on: true });
  expect(switchChange(view(), false)).toEqual({ on: false });
});

test("what was injected is counted by group", () => {
  const posts = groupsOf(view()).find(({ title }) => title === "Posts");
  expect(injectedIn(view({ counts: { post_gone: 2, post_slow: 3, socket_cut: 9 } }), posts?.faults ?? [])).toBe(5);
});
