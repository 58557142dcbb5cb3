import { METRICS } from "@streamer/server/wiring";
import type { Metric } from "@streamer/server/wiring";
import { expect, test } from "vitest";
import { inDashboards, sectionsOf } from "./dashboardSections.ts";

const row = (name: string): Metric => ({
  name,
  namespace: "Streamer",
  unit: "Count",
  statistic: "Sum",
  target: "router",
  dimensions: ["FunctionName"],
  meaning: "A row of a test.",
});

test("each metric stands in one section", () => {
  const shown = sectionsOf(METRICS).flatMap(({ metrics }) => metrics);
  expect(shown).toHaveLength(METRICS.length);
  expect(new Set(shown)).toEqual(new Set(METRICS));
});

test("a metric that no section knows stands in the last one, so that a new row of the table is seen", () => {
  expect(sectionsOf([row("ErrorRate"), row("SomethingNew")]).map(({ title, metrics }) => [title, metrics.map(({ name }) => name)])).toEqual(
    [
      ["Are users served?", ["ErrorRate"]],
      ["How much goes on?", ["SomethingNew"]],
    ],
  );
});

test("what fits is one dashboard", () => {
  const sections = sectionsOf(METRICS);
  expect(inDashboards(sections, () => 10)).toEqual([sections]);
});

test("an app with more series than a dashboard may have gets several, whose sections are all and none twice", () => {
  const sections = sectionsOf(METRICS);
  const dashboards = inDashboards(sections, () => 80);
  expect(dashboards.length).toBeGreaterThan(1);
  expect(dashboards.flat()).toEqual(sections);
  for (const dashboard of dashboards) {
    const series = dashboard.flatMap(({ metrics }) => metrics).reduce((total, { ratio }) => total + (ratio === undefined ? 80 : 160), 0);
    expect(series).toBeLessThanOrEqual(2_500);
  }
});
