import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { fillQuery, METRICS, QUERIES, SWEEPER } from "@streamer/server/wiring";
import type { AlarmStage, Metric, MetricAlarm, QueriedFunctions } from "@streamer/server/wiring";
import { vi } from "vitest";
import { WAIT } from "../failing/failingStack.ts";
import type { FailingStack } from "../failing/failingStack.ts";
import { evaluateAlarm } from "./alarms/evaluateAlarm.ts";
import type { AlarmState } from "./alarms/evaluateAlarm.ts";
import { createMetricHistory } from "./alarms/metricHistory.ts";
import type { MetricHistory } from "./alarms/metricHistory.ts";
import { runQuery } from "./insights/runQuery.ts";
import type { ResultRow, StoredLine } from "./insights/runQuery.ts";

const MINUTE_MS = 60_000;
const PERIOD_MS = 5 * MINUTE_MS;
/** In minutes. The longest alarm looks at five periods of five. */
const LONGEST_CALM = 40;

/** What an operator has of a stack: its metrics, its alarms, its logs. */
export interface WatchedStack {
  /**
   * Lets so many minutes pass, as the metrics and the logs see it: in each the sweeper has swept once or more, and what is given is done.
   * What happens meanwhile lies within the minute.
   */
  minutes(count: number, during?: (minute: number) => Promise<unknown>): Promise<void>;
  /** Lets minutes pass until no alarm is off and a period of five of them begins: a story can be told. */
  begin(): Promise<void>;
  /** The alarms that are off, as `<id>: <what it is on>`, sorted. */
  alarmsOff(stage?: AlarmStage): readonly string[];
  /** What a stored query finds in the lines since the last `begin`. */
  query(name: string, values?: Readonly<Record<string, string>>): readonly ResultRow[];
  /** The sum of a metric's values since the last `begin`. */
  sum(metricName: string, functionName: string): number;
  /** The end of the last minute, in ms since 1970. */
  readonly now: number;
  stop(): Promise<void>;
}

/**
 * Reads what the stack has logged and what its queues hold, minute for minute, as CloudWatch would. Minutes take no longer than what happens
 * in them: the times of lines and values are moved.
 *
 * Not watched is what the local stack has no measure of: API Gateway's and DynamoDB's own metrics, rules, cold starts, concurrency.
 */
export async function watchStack({ stack, logs }: FailingStack): Promise<WatchedStack> {
  const sqs = new SQSClient({
    endpoint: stack.sqsEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const deadLetterNames = stack.status().queues.map(({ deadLetterName }) => deadLetterName);
  const urls = new Map(
    await Promise.all(
      deadLetterNames.map(async (name) => [name, (await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl ?? ""] as const),
    ),
  );
  const history = createMetricHistory();
  const states = { staging: new Map<string, AlarmState>(), prod: new Map<string, AlarmState>() };
  let lines: StoredLine[] = [];
  let read = logs.length;
  /** Ends of minutes in the watched time. */
  let now = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
  let storyBegan = now;
  let retried = 0;

  /** What has been logged since the last minute lies in this one, in its order. */
  const takeLines = (minute: number): void => {
    const fresh = logs.slice(read);
    read = logs.length;
    for (const [index, { source, text }] of fresh.entries()) {
      if (text === undefined) continue;
      const timestamp = minute + Math.floor(((index + 1) / (fresh.length + 1)) * MINUTE_MS);
      lines.push({ timestamp, group: source, text });
      history.addLine(text, timestamp);
      addReport(history, source, text, timestamp);
    }
  };

  const takeQueues = async (at: number): Promise<void> => {
    for (const [name, QueueUrl] of urls) {
      const { Attributes: attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
      );
      const series = { namespace: "AWS/SQS", name: "ApproximateNumberOfMessagesVisible", dimensions: { QueueName: name } };
      history.add(series, { at, value: Number(attributes?.["ApproximateNumberOfMessages"]) });
    }
  };

  const takePipe = (at: number): void => {
    const before = retried;
    ({ retried } = stack.parts.pipe.stats);
    const series = { namespace: "AWS/EventBridge/Pipes", name: "ExecutionFailed", dimensions: { PipeName: "requests" } };
    history.add(series, { at, value: retried - before });
  };

  const evaluate = (): void => {
    for (const stage of ["staging", "prod"] as const) {
      for (const { metric, alarm } of WATCHED_ALARMS) {
        for (const dimensions of history.dimensionsOf(measured(metric), metric.dimensions)) {
          const key = `${alarm.id}: ${Object.values(dimensions).join()}`;
          const before = states[stage].get(key) ?? "INSUFFICIENT_DATA";
          states[stage].set(key, evaluateAlarm(history, { metric, alarm, stage, dimensions, at: now, before }));
        }
      }
    }
  };

  /** What is under way has ended and been reported, and a sweep has ended after it. */
  const allAtRest = async (): Promise<void> => {
    await vi.waitUntil(
      () => stack.status().functions.every(({ name, invocations }) => name === SWEEPER || reportsOf(name) >= invocations),
      WAIT,
    );
    const from = logs.length;
    if (stack.parts.schedules.get(SWEEPER)?.running !== true) return;
    await vi.waitUntil(() => logs.slice(from).some(({ source, message }) => source === SWEEPER && message === "metrics"), WAIT);
  };
  const reportsOf = (name: string): number => logs.filter(({ source, message }) => source === name && message === "platform.report").length;

  const watched: WatchedStack = {
    async minutes(count, during) {
      for (let minute = 0; minute < count; minute += 1) {
        await during?.(minute);
        await allAtRest();
        takeLines(now);
        await takeQueues(now);
        takePipe(now);
        now += MINUTE_MS;
        evaluate();
      }
    },
    async begin() {
      for (let minute = 0; watched.alarmsOff("staging").length > 0 || now % PERIOD_MS !== 0; minute += 1) {
        if (minute > LONGEST_CALM) throw new Error(`After ${minute} minutes still off: ${watched.alarmsOff("staging").join(", ")}.`);
        await watched.minutes(1);
      }
      lines = [];
      storyBegan = now;
    },
    alarmsOff: (stage = "prod") => [...states[stage]].flatMap(([key, state]) => (state === "ALARM" ? [key] : [])).toSorted(),
    query(name, values = {}) {
      const stored = QUERIES.find((query) => query.name === name);
      if (stored === undefined) throw new Error(`There is no stored query "${name}".`);
      const groups = lines.filter(({ group }) => stored.functions.some((functions) => isOf(functions, group)));
      return runQuery(fillQuery(stored, values), groups);
    },
    sum(name, functionName) {
      const metric = METRICS.find((row) => row.name === name);
      if (metric === undefined) throw new Error(`There is no metric "${name}".`);
      const points = history.pointsOf({ namespace: metric.namespace, name, dimensions: { FunctionName: functionName } });
      return points.filter(({ at }) => at >= storyBegan).reduce((total, { value }) => total + value, 0);
    },
    get now() {
      return now;
    },
    async stop() {
      sqs.destroy();
    },
  };
  return watched;
}

const WATCHED_ALARMS: readonly { readonly metric: Metric; readonly alarm: MetricAlarm }[] = METRICS.filter(
  ({ logFilter, percentOfConcurrencyLimit }) => logFilter === undefined && percentOfConcurrencyLimit === undefined,
).flatMap((metric) => (metric.alarms ?? []).map((alarm) => ({ metric, alarm })));

/** The metric that there are values of: a ratio has none of its own. */
function measured({ namespace, name, ratio }: Metric): Pick<Metric, "namespace" | "name"> {
  return { namespace, name: ratio?.to ?? name };
}

/** What Lambda itself measures, from the report that it writes behind each run. */
function addReport(history: MetricHistory, functionName: string, text: string, at: number): void {
  if (!text.includes('"platform.report"')) return;
  const { record } = JSON.parse(text) as {
    readonly record: { readonly status: string; readonly metrics: { readonly durationMs: number } };
  };
  const add = (name: string, value: number): void =>
    history.add({ namespace: "AWS/Lambda", name, dimensions: { FunctionName: functionName } }, { at, value });
  add("Invocations", 1);
  add("Errors", record.status === "success" ? 0 : 1);
  add("Duration", record.metrics.durationMs);
}

function isOf(functions: QueriedFunctions, name: string): boolean {
  return functions === "all" || functions === name || (functions === "processors" && name.startsWith("process_"));
}
