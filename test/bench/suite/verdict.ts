import type { Figure } from "./measurement.ts";

/** What a goal is about: the ratio to the baseline where there is one, else the figure itself. */
export function judgedValue({ ours, baseline }: Figure): number {
  return baseline === undefined ? ours : ours / baseline.value;
}

/** `undefined`: there is no goal. A value that is no number meets none. */
export function meetsGoal(figure: Figure): boolean | undefined {
  const { goal } = figure;
  if (goal === undefined) return undefined;
  const value = judgedValue(figure);
  return "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
}
