import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { METRICS } from "@streamer/server/wiring";
import { expect, it } from "vitest";
import { renderMetrics, withMetrics } from "./page.ts";

it("the page is what the metric table says now", async () => {
  const page = await readFile(join(import.meta.dirname, "../metrics.md"), "utf8");
  expect(page, "Run: npm run metrics -- --write").toBe(withMetrics(page));
});

it("every metric has a row, every alarm its condition, its severity and its runbook", () => {
  const rows = renderMetrics()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(rows.map((row) => /^\| `([^`]+)`/.exec(row)?.[1])).toEqual(METRICS.map(({ name }) => name));
  METRICS.forEach(({ unit, meaning, alarms = [] }, index) => {
    expect(rows[index]).toContain(`| ${unit},`);
    expect(rows[index]).toContain(`| ${meaning} |`);
    for (const { id, severity, runbook } of alarms) {
      expect(rows[index]).toMatch(new RegExp(`${id}: [><≥] .* × \\d min, ${severity}: \\[${runbook}\\]\\(runbooks/${runbook}\\.md\\)`));
    }
  });
});

it("a page without its marks is not written over", () => {
  expect(() => withMetrics("# Metrics\n")).toThrow("<!-- end -->");
});
