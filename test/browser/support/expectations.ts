import { expect } from "vitest";
import type { ConsoleTab } from "./consoleTab.ts";

/** Over all page loads of the tab the report's bar has only risen, and stands at the end. */
export function expectSteadyRise(tab: ConsoleTab, requestId: string): void {
  const shown = tab.bars.of(requestId);
  expect(shown).toEqual(shown.toSorted((one, other) => one - other));
  expect(shown.at(-1)).toBe(100);
}

/** The bar has risen within each attempt, and fallen only from where a lost attempt left it to what the next one began with. */
export function expectRiseByAttempt(tab: ConsoleTab, requestId: string, leftAt: readonly number[]): void {
  const shown = tab.bars.of(requestId);
  expect(shown.filter((percentage, index) => percentage > (shown[index + 1] ?? 100))).toEqual(leftAt);
  expect(shown.at(-1)).toBe(100);
}

/** The result's address gives the report that the test's app makes. */
export async function expectFile(url: string): Promise<void> {
  expect(await (await fetch(url)).text()).toContain("2024-01-01,100");
}
