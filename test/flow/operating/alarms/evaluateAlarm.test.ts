import type { Metric, MetricAlarm } from "@streamer/server/wiring";
import { describe, expect, it } from "vitest";
import { evaluateAlarm } from "./evaluateAlarm.ts";
import type { AlarmState } from "./evaluateAlarm.ts";
import { createMetricHistory } from "./metricHistory.ts";

const PERIOD_MS = 60_000;
const NOW = 1_000 * PERIOD_MS;

const metric: Metric = {
  name: "Lost",
  namespace: "Streamer",
  unit: "Count",
  statistic: "Sum",
  target: "sender",
  dimensions: ["FunctionName"],
  meaning: "Of a test.",
};
const alarm: MetricAlarm = {
  id: "lost",
  severity: "low",
  comparison: "GreaterThanThreshold",
  threshold: { staging: 0, prod: 10 },
  periodSeconds: 60,
  periods: 3,
  treatMissing: "notBreaching",
  runbook: "sends",
};
const dimensions = { FunctionName: "notifier" };

/** The values of the newest periods, the newest last; those of a period as a list, `undefined` for none. */
type Past = readonly (number | readonly number[] | undefined)[];

function historyOf(past: Past, of: Metric = metric) {
  const history = createMetricHistory();
  for (const [index, values] of past.entries()) {
    const at = NOW - (past.length - index) * PERIOD_MS;
    for (const value of [values ?? []].flat()) history.add({ namespace: of.namespace, name: of.name, dimensions }, { at, value });
  }
  return history;
}

function state(past: Past, change: Partial<MetricAlarm> = {}, more: { readonly of?: Partial<Metric>; readonly before?: AlarmState } = {}) {
  const changed = { ...metric, ...more.of };
  const evaluation = { metric: changed, alarm: { ...alarm, ...change }, stage: "prod", dimensions, at: NOW } as const;
  return evaluateAlarm(historyOf(past, changed), more.before === undefined ? evaluation : { ...evaluation, before: more.before });
}

describe("an alarm goes off", () => {
  it("when each of its periods is beyond the threshold, and not before", () => {
    expect(state([11, 11, 11])).toBe("ALARM");
    expect(state([10, 11, 11])).toBe("OK");
    expect(state([11, 11, 11, 0])).toBe("OK");
  });

  it("by the sum of a period's values", () => {
    expect(state([[6, 6], 11, [4, 4, 4]])).toBe("ALARM");
    expect(state([[6, 6], 11, [4, 4]])).toBe("OK");
  });

  it("by their maximum, their mean, or the 95th of a hundred", () => {
    const period = Array.from({ length: 100 }, (_, index) => index);
    const at = (statistic: Metric["statistic"], prod: number) =>
      state([period], { periods: 1, threshold: { staging: 0, prod } }, { of: { statistic } });
    expect([at("Maximum", 98), at("Maximum", 99)]).toEqual(["ALARM", "OK"]);
    expect([at("Average", 49), at("Average", 50)]).toEqual(["ALARM", "OK"]);
    expect([at("p95", 93), at("p95", 94)]).toEqual(["ALARM", "OK"]);
  });

  it("at the threshold itself, or below it, when it says so", () => {
    expect(state([10, 10, 10], { comparison: "GreaterThanOrEqualToThreshold" })).toBe("ALARM");
    expect(state([9, 9, 9], { comparison: "LessThanThreshold" })).toBe("ALARM");
    expect(state([10, 9, 9], { comparison: "LessThanThreshold" })).toBe("OK");
  });

  it("on staging sooner than in production", () => {
    const evaluation = { metric, alarm, dimensions, at: NOW };
    const history = historyOf([1, 1, 1]);
    expect(evaluateAlarm(history, { ...evaluation, stage: "staging" })).toBe("ALARM");
    expect(evaluateAlarm(history, { ...evaluation, stage: "prod" })).toBe("OK");
  });

  it("by its own series only", () => {
    const evaluation = { metric, alarm, stage: "prod", at: NOW } as const;
    expect(evaluateAlarm(historyOf([11, 11, 11]), { ...evaluation, dimensions: { FunctionName: "router" } })).toBe("OK");
  });

  it("for periods that have ended: the one that runs does not count", () => {
    const history = historyOf([11, 11, 11]);
    for (const [after, expected] of [
      [-1, "OK"],
      [PERIOD_MS - 1, "ALARM"],
    ] as const) {
      expect(
        evaluateAlarm(history, {
          metric,
          alarm: { ...alarm, treatMissing: "ignore" },
          stage: "prod",
          dimensions,
          at: NOW + after,
          before: "OK",
        }),
      ).toBe(expected);
    }
  });
});

// The table of AWS's page "Configuring how CloudWatch alarms treat missing data": three of three periods, five are looked at.
describe("without data", () => {
  const X = 11;
  const none = undefined;
  it.each<readonly [Past, Readonly<Record<MetricAlarm["treatMissing"], AlarmState>>]>([
    [[0, none, X, none, X], { missing: "OK", ignore: "OK", breaching: "OK", notBreaching: "OK" }],
    [[none, none, none, none, 0], { missing: "OK", ignore: "OK", breaching: "OK", notBreaching: "OK" }],
    [[none, none, none, none, none], { missing: "INSUFFICIENT_DATA", ignore: "OK", breaching: "ALARM", notBreaching: "OK" }],
    [[0, X, X, none, X], { missing: "ALARM", ignore: "ALARM", breaching: "ALARM", notBreaching: "ALARM" }],
    [[none, none, X, none, none], { missing: "ALARM", ignore: "OK", breaching: "ALARM", notBreaching: "OK" }],
  ])("%j is as AWS's table says", (past, expected) => {
    const states = Object.keys(expected).map((treatMissing) => [
      treatMissing,
      state(past, { treatMissing: treatMissing as MetricAlarm["treatMissing"] }, { before: "OK" }),
    ]);
    expect(Object.fromEntries(states)).toEqual(expected);
  });

  it("an alarm on a metric of DynamoDB stays as it was, whatever it asks for", () => {
    expect(state([], { treatMissing: "notBreaching" }, { of: { namespace: "AWS/DynamoDB" }, before: "ALARM" })).toBe("ALARM");
  });
});

describe("a ratio", () => {
  const ratio: Metric = { ...metric, name: "Rate", unit: "Percent", ratio: { of: "Errors", to: "Invocations" } };
  const rate = (errors: Past, runs: Past, prod: number) => {
    const history = createMetricHistory();
    for (const [name, past] of [
      ["Errors", errors],
      ["Invocations", runs],
    ] as const)
      for (const [index, value] of past.entries())
        if (typeof value === "number")
          history.add({ namespace: "Streamer", name, dimensions }, { at: NOW - (past.length - index) * PERIOD_MS, value });
    const changed = { ...alarm, periods: 1, threshold: { staging: 0, prod } };
    return evaluateAlarm(history, { metric: ratio, alarm: changed, stage: "prod", dimensions, at: NOW });
  };

  it("is in percent, and of the same period", () => {
    expect(rate([1], [20], 4)).toBe("ALARM");
    expect(rate([1], [20], 5)).toBe("OK");
    expect(rate([1, none()], [1, 20], 5)).toBe("OK");
  });

  it("of nothing is no data", () => {
    expect(rate([none()], [none()], 0)).toBe("OK");
  });

  function none(): undefined {
    return undefined;
  }
});

describe("a line in the embedded metric format", () => {
  it("is a value, or several, of each of its metrics", () => {
    const history = createMetricHistory();
    const line = {
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [
          { Namespace: "Streamer", Dimensions: [["FunctionName"]], Metrics: [{ Name: "Lost", Unit: "Count" }, { Name: "Late" }] },
        ],
      },
      FunctionName: "notifier",
      Lost: [1, 2],
      Late: 3,
    };
    history.addLine(JSON.stringify(line), NOW);
    history.addLine('{"message":"no metric"}', NOW);
    expect(history.pointsOf({ ...metric, dimensions })).toEqual([1, 2].map((value) => ({ at: NOW, value })));
    expect(history.pointsOf({ ...metric, name: "Late", dimensions })).toEqual([{ at: NOW, value: 3 }]);
    expect(history.dimensionsOf(metric, ["FunctionName"])).toEqual([dimensions]);
    expect(history.dimensionsOf(metric, ["FunctionName", "Stage"])).toEqual([]);
  });
});
