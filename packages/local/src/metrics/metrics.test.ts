import { expect, it } from "vitest";
import { parseFunctionLog } from "../stack/logging.ts";
import { readEmbeddedMetrics } from "./embeddedMetrics.ts";
import { platformReportLine } from "./platformReport.ts";
import { createRecordedMetrics } from "./recordedMetrics.ts";

const line = (values: Readonly<Record<string, unknown>>, described: object = {}) => ({
  _aws: {
    Timestamp: 1_700_000_000_000,
    CloudWatchMetrics: [
      {
        Namespace: "Streamer",
        Dimensions: [["FunctionName"]],
        Metrics: Object.keys(values).map((Name) => ({ Name, Unit: "Count" })),
        ...described,
      },
    ],
  },
  FunctionName: "app-router",
  ...values,
});
const REPORT = { requestId: "r1", status: "success", memorySizeMB: 512 } as const;

it("a line of the embedded format is read as CloudWatch reads it", () => {
  expect(readEmbeddedMetrics(line({ Sent: 3, Latency: [5, 250] }))).toEqual([
    {
      namespace: "Streamer",
      name: "Sent",
      unit: "Count",
      dimensions: { FunctionName: "app-router" },
      values: [3],
      timestamp: 1_700_000_000_000,
    },
    {
      namespace: "Streamer",
      name: "Latency",
      unit: "Count",
      dimensions: { FunctionName: "app-router" },
      values: [5, 250],
      timestamp: 1_700_000_000_000,
    },
  ]);
});

it("each set of dimensions is a series; a metric without a unit has none", () => {
  const read = readEmbeddedMetrics(line({ Sent: 1 }, { Dimensions: [["FunctionName"], []], Metrics: [{ Name: "Sent" }] }));
  expect(read).toMatchObject([
    { dimensions: { FunctionName: "app-router" }, unit: "None" },
    { dimensions: {}, unit: "None" },
  ]);
});

it.each<[string, unknown]>([
  ["a metric without a value", line({ Sent: undefined })],
  ["a value that is no number", line({ Sent: "3" })],
  ["a dimension that is not filled in", line({ Sent: 1 }, { Dimensions: [["Tenant"]] })],
  ["a line of the log", { message: "A connection was opened." }],
  ["text", "hello"],
  ["nothing", undefined],
])("%s is no metric", (_, fields) => {
  expect(readEmbeddedMetrics(fields)).toEqual([]);
});

it("of each metric of each function there are count, sum, maximum and last", () => {
  const metrics = createRecordedMetrics();
  metrics.record("router", line({ Sent: 3 }));
  metrics.record("router", line({ Sent: [7, 2], Age: 1 }));
  metrics.record("sweeper", line({ Sent: 1 }));
  metrics.record("router", { message: "no metric" });
  const sent = {
    namespace: "Streamer",
    name: "Sent",
    unit: "Count",
    dimensions: { FunctionName: "app-router" },
    lastAt: 1_700_000_000_000,
  };
  expect(metrics.snapshot()).toEqual([
    { ...sent, name: "Age", functionName: "router", count: 1, sum: 1, max: 1, last: 1 },
    { ...sent, functionName: "router", count: 3, sum: 12, max: 7, last: 2 },
    { ...sent, functionName: "sweeper", count: 1, sum: 1, max: 1, last: 1 },
  ]);
});

it("a report of the platform is the function's duration, and its cold start when it had one", () => {
  const metrics = createRecordedMetrics();
  for (const measured of [{ durationMs: 12.5, initDurationMs: 300.0004 }, { durationMs: 2 }]) {
    metrics.record("router", parseFunctionLog("router", platformReportLine({ ...REPORT, ...measured }, 5_000)).fields);
  }
  expect(metrics.snapshot()).toMatchObject([
    {
      name: "Duration",
      namespace: "AWS/Lambda",
      dimensions: { FunctionName: "router" },
      count: 2,
      sum: 14.5,
      max: 12.5,
      last: 2,
      lastAt: 5_000,
    },
    { name: "InitDuration", count: 1, sum: 300 },
  ]);
});

it("a report is no line for a person's terminal", () => {
  const text = platformReportLine({ ...REPORT, durationMs: 1 }, 0);
  expect(parseFunctionLog("router", text)).toMatchObject({ level: "debug", message: "platform.report", source: "router" });
  // As CloudWatch's filter of the metric table looks for it.
  expect(JSON.parse(text)).toMatchObject({ type: "platform.report", record: { metrics: { durationMs: 1 } } });
});
