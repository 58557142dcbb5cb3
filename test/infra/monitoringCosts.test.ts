import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { actions } from "@streamer/functions/actions";
import { createWiring } from "@streamer/server/wiring";
import { beforeAll, expect, test } from "vitest";
import { REPOSITORY } from "./synth/platform.ts";
import { synth } from "./synth/synth.ts";
import type { Synth } from "./synth/synth.ts";

/** An app with one asynchronous action, and one with more: what packages/docs/costs.md says of monitoring is counted in both. */
const MORE_ACTIONS = createWiring(actions).processors.length - 1;

let one: Synth;
let several: Synth;
beforeAll(async () => {
  [one, several] = await Promise.all([
    synth({ stage: "prod", root: join(REPOSITORY, "packages/examples/orders") }),
    synth({ stage: "prod" }),
  ]);
});

/** As CloudWatch bills: a calculated alarm by the metrics it is calculated from. */
function alarmedMetrics(app: Synth): number {
  return app
    .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
    .map(({ inputs }) => (inputs["metricQueries"] as readonly { readonly metric?: object }[] | undefined) ?? [{ metric: {} }])
    .reduce((total, queries) => total + queries.filter(({ metric }) => metric !== undefined).length, 0);
}

/** Series in namespaces that are not AWS's, as the dashboard shows them: each is there, alarm or not. */
function ownMetrics(app: Synth): number {
  const { dashboardBody } = app.get("aws:cloudwatch/dashboard:Dashboard").inputs;
  const { widgets } = JSON.parse(String(dashboardBody)) as {
    widgets: readonly { readonly properties: { readonly metrics?: readonly (readonly unknown[])[] } }[];
  };
  const series = widgets
    .flatMap(({ properties }) => properties.metrics ?? [])
    .filter(([namespace]) => typeof namespace === "string" && namespace.startsWith("Streamer"))
    .map((line) => line.filter((part) => typeof part === "string").join(" "));
  return new Set(series).size;
}

/** What the page says, in its table of each month. */
async function onThePage(): Promise<{ readonly alarmed: number; readonly own: number; readonly perAction: number }> {
  const page = await readFile(join(REPOSITORY, "packages/docs/costs.md"), "utf8");
  const [, alarmed, own, perAction] =
    /\| (\d+) metrics with alarms, (\d+) metrics of our own if .* asynchronous action adds \$([\d.]+)\./.exec(page) ?? [];
  return { alarmed: Number(alarmed), own: Number(own), perAction: Number(perAction) };
}

test("an app with one asynchronous action has as many alarms and metrics as the page of costs says", async () => {
  expect(await onThePage()).toMatchObject({ alarmed: alarmedMetrics(one), own: ownMetrics(one) });
});

test("each further action adds what the page says", async () => {
  expect(MORE_ACTIONS).toBeGreaterThan(0);
  const dollars = 0.1 * (alarmedMetrics(several) - alarmedMetrics(one)) + 0.3 * (ownMetrics(several) - ownMetrics(one));
  expect((await onThePage()).perAction).toBeCloseTo(dollars / MORE_ACTIONS, 6);
});
