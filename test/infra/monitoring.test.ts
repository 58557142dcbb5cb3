import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { actions } from "@streamer/functions/actions";
import { createWiring, METRICS } from "@streamer/server/wiring";
import { beforeAll, describe, expect, test } from "vitest";
import { REPOSITORY } from "./synth/platform.ts";
import type { SynthResource } from "./synth/resources.ts";
import { statementsOf, synth } from "./synth/synth.ts";
import type { Synth } from "./synth/synth.ts";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const ACTIONS = createWiring(actions).processors.map(({ action }) => action);
const PROCESSORS = ACTIONS.map((action) => `process_${action}`);
const FUNCTIONS = ["connect", "disconnect", "router", ...PROCESSORS, "notifier", "sweeper"];
const SENDERS = ["router", ...PROCESSORS, "notifier", "sweeper"];

let prod: Synth;
let staging: Synth;
beforeAll(async () => {
  [prod, staging] = await Promise.all([synth({ stage: "prod" }), synth({ stage: "staging" })]);
});

const alarmsOf = (app: Synth, id: string): readonly SynthResource[] =>
  app.ofType(ALARM).filter(({ inputs }) => String(inputs["alarmDescription"]).includes(`(${id})`));
const on = (alarm: SynthResource): string => /, (\w+): /.exec(String(alarm.inputs["alarmDescription"]))?.[1] ?? "";

/** What the requirements ask for, said once more here: a row that is taken out of the table, or weakened, is missed. */
const REQUIRED = [
  { id: "S-204", severity: "low", prod: 1, staging: 0.5, on: FUNCTIONS },
  { id: "S-205", severity: "high", prod: 5, staging: 2, on: FUNCTIONS },
  { id: "S-206", severity: "low", prod: 1_000, staging: 800, on: FUNCTIONS },
  { id: "S-207", severity: "high", prod: 80, staging: 50, on: ["account"] },
  { id: "throttled-functions", severity: "high", prod: 10, staging: 0, on: FUNCTIONS },
  { id: "waiting-work", severity: "low", prod: 3_600, staging: 1_800, on: [...ACTIONS, "notifier"] },
  {
    id: "dead-letters",
    severity: "high",
    prod: 0,
    staging: 0,
    on: ["pipe", ...ACTIONS, "notifier", "sweeper"].map((name) => `${name}_dead_letters`),
  },
  { id: "pipe-failed", severity: "high", prod: 0, staging: 0, on: ["pipe"] },
  { id: "pipe-throttled", severity: "low", prod: 10, staging: 0, on: ["pipe"] },
  { id: "rule-failed", severity: "high", prod: 0, staging: 0, on: [...ACTIONS, "notifier"] },
  { id: "route-errors", severity: "low", prod: 200, staging: 20, on: ["api"] },
  { id: "gateway-errors", severity: "high", prod: 0, staging: 0, on: ["api"] },
  { id: "table-reads-throttled", severity: "low", prod: 10, staging: 0, on: ["table"] },
  { id: "abandoned-requests", severity: "high", prod: 0, staging: 0, on: ["sweeper"] },
  { id: "expired-requests", severity: "high", prod: 0, staging: 0, on: ["sweeper"] },
  { id: "sweep-failures", severity: "high", prod: 10, staging: 0, on: ["sweeper"] },
  { id: "oldest-request", severity: "low", prod: 7_200, staging: 3_600, on: ["sweeper"] },
  { id: "table-writes-throttled", severity: "high", prod: 10, staging: 0, on: ["table"] },
  { id: "refused-tokens", severity: "low", prod: 200, staging: 20, on: ["connect", "router"] },
  { id: "slow-handlers", severity: "low", prod: 5, staging: 0, on: PROCESSORS },
  { id: "failing-requests", severity: "low", prod: 10, staging: 5, on: PROCESSORS },
  { id: "failed-sends", severity: "low", prod: 50, staging: 0, on: SENDERS },
  { id: "skipped-sends", severity: "low", prod: 100, staging: 0, on: SENDERS },
  { id: "open-breaker", severity: "low", prod: 1, staging: 1, on: SENDERS },
  { id: "lost-topic-messages", severity: "low", prod: 50, staging: 0, on: ["notifier"] },
  { id: "undelivered-requests", severity: "high", prod: 10, staging: 0, on: ["sweeper"] },
  // What goes off is that nothing is told at all.
  { id: "sweeper-stopped", severity: "high", prod: 0, staging: 0, on: ["sweeper"], below: true },
] as const;

test.each(REQUIRED)("$id goes off over $prod in prod and $staging in staging, for each that it is about", (required) => {
  for (const [app, threshold] of [
    [prod, required.prod],
    [staging, required.staging],
  ] as const) {
    const alarms = alarmsOf(app, required.id);
    expect(alarms.map(on).toSorted()).toEqual([...required.on].toSorted());
    for (const alarm of alarms) {
      const goesOff =
        "below" in required
          ? { comparisonOperator: "LessThanThreshold", treatMissingData: "breaching" }
          : { comparisonOperator: "GreaterThanThreshold", treatMissingData: "notBreaching" };
      expect(alarm.inputs).toMatchObject({ ...goesOff, threshold });
      expect(alarm.inputs["alarmDescription"]).toMatch(new RegExp(`^${required.severity} severity .* Runbook: \\S+\\.md$`));
    }
  }
});

test("there is no alarm beside these", () => {
  const ids = prod.ofType(ALARM).map(({ inputs }) => /\(([^)]+)\)/.exec(String(inputs["alarmDescription"]))?.[1] ?? "");
  expect(new Set(ids)).toEqual(new Set(REQUIRED.map(({ id }) => id)));
});

describe("an alarm's description", () => {
  const descriptions = (app: Synth) => app.ofType(ALARM).map(({ inputs }) => String(inputs["alarmDescription"]));

  test("says which page helps, and the page is there", async () => {
    const pages = await readdir(join(REPOSITORY, "packages/docs/runbooks"));
    const named = descriptions(prod).map((text) => / Runbook: packages\/docs\/runbooks\/([a-z-]+\.md)$/.exec(text)?.[1] ?? text);
    expect(named.filter((page) => !pages.includes(page))).toEqual([]);
  });

  test("has the app's own address of the pages where it gives one, and fits into what CloudWatch takes", async () => {
    const elsewhere = await synth({ stage: "prod", config: "stacks/fixtures/extras.config.ts" });
    for (const text of descriptions(elsewhere)) {
      expect(text).toMatch(/ Runbook: https:\/\/example\.com\/runbooks\/[a-z-]+\.md$/);
      expect(text.length).toBeLessThanOrEqual(1_024);
    }
  });
});

describe("one alarm over all of high severity", () => {
  const notWell = (app: Synth) => app.get("aws:cloudwatch/compositeAlarm:CompositeAlarm").inputs;

  test("goes off with any of them, and with no other", () => {
    for (const app of [prod, staging]) {
      const high = app.ofType(ALARM).filter(({ inputs }) => String(inputs["alarmDescription"]).startsWith("high severity"));
      expect(high.length).toBeGreaterThan(20);
      const rule = String(notWell(app)["alarmRule"]);
      expect(rule.split(" OR ").toSorted()).toEqual(high.map(({ inputs }) => `ALARM("${String(inputs["name"])}")`).toSorted());
      expect(rule.length).toBeLessThanOrEqual(10_240);
    }
  });

  test("tells nobody a second time: each of them has told the topic", () => {
    expect(notWell(prod)["alarmName"]).toBe("streamer-prod-not-well");
    for (const told of ["alarmActions", "okActions", "insufficientDataActions"]) expect(notWell(prod)).not.toHaveProperty(told);
  });
});

test("whatever a queue feeds leaves dead letters, and all of them are watched (S-216)", () => {
  const queues = prod.ofType("aws:sqs/queue:Queue");
  const watched = alarmsOf(prod, "dead-letters").map(({ inputs }) => (inputs["dimensions"] as { QueueName: string }).QueueName);
  const fed = queues.filter(({ inputs }) => inputs["redrivePolicy"] !== undefined);
  const ends = fed.map(({ inputs }) => JSON.parse(String(inputs["redrivePolicy"])) as { deadLetterTargetArn: string });
  expect(fed).toHaveLength(ACTIONS.length + 1);
  for (const { deadLetterTargetArn } of ends) expect(watched).toContain(deadLetterTargetArn.split(":").at(-1));
  // A queue that hands nothing on is one of dead letters itself.
  expect(
    queues
      .filter((queue) => !fed.includes(queue))
      .map(({ inputs }) => String(inputs["name"]))
      .toSorted(),
  ).toEqual(watched.toSorted());
});

test("staging's thresholds are nowhere above production's, and somewhere below", () => {
  const pairs = METRICS.flatMap(({ alarms = [] }) => alarms.map(({ threshold }) => threshold));
  for (const threshold of pairs) expect(threshold.staging).toBeLessThanOrEqual(threshold.prod);
  expect(pairs.some((threshold) => threshold.staging < threshold.prod)).toBe(true);
});

test("every alarm tells the topic when it goes off and when it is well again", () => {
  for (const app of [prod, staging]) {
    const topic = `arn:aws:sns:eu-west-1:123456789012:${String(app.get("aws:sns/topic:Topic").inputs["name"])}`;
    expect(app.ofType(ALARM).length).toBeGreaterThan(20);
    for (const { name, inputs } of app.ofType(ALARM))
      expect([name, inputs["alarmActions"], inputs["okActions"]]).toEqual([name, [topic], [topic]]);
  }
});

describe("the topic", () => {
  const fromThisAccount = { StringEquals: { "aws:SourceAccount": ["123456789012"] } };
  const cloudwatch = { Service: ["cloudwatch.amazonaws.com"] };

  test("has a key of its own, which CloudWatch may use: with AWS's key its alarms would vanish", () => {
    const key = prod.get("aws:kms/key:Key");
    expect(prod.get("aws:sns/topic:Topic").inputs["kmsMasterKeyId"]).toBe(`arn:aws:kms:eu-west-1:123456789012:key/${key.name}`);
    expect(key.inputs["enableKeyRotation"]).toBe(true);
    expect(statementsOf(key.inputs["policy"]).find(({ Sid }) => Sid === "Alarms")).toMatchObject({
      Principal: cloudwatch,
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Condition: fromThisAccount,
    });
  });

  test("leaves the account the administration of the key, not its use", () => {
    const administer = statementsOf(prod.get("aws:kms/key:Key").inputs["policy"]).find(({ Sid }) => Sid === "Administer");
    expect(administer?.Action).toContain("kms:PutKeyPolicy");
    expect(administer?.Action.filter((action) => /\*|Decrypt|Encrypt|DataKey/.test(action))).toEqual([]);
  });

  test("takes messages from this account's alarms only", () => {
    const [only, ...more] = statementsOf(prod.get("aws:sns/topicPolicy:TopicPolicy").inputs["policy"]);
    expect(more).toEqual([]);
    expect(only).toMatchObject({ Effect: "Allow", Principal: cloudwatch, Action: ["sns:Publish"], Condition: fromThisAccount });
  });
});

test("an error rate is errors of a hundred runs of that function", () => {
  const [alarm] = alarmsOf(prod, "S-205").filter((one) => on(one) === "router");
  const router = prod.get("aws:lambda/function:Function", "StreamerRouterFunction").inputs["name"];
  const metric = (metricName: string) => ({
    namespace: "AWS/Lambda",
    metricName,
    dimensions: { FunctionName: router },
    stat: "Sum",
    period: 300,
  });
  expect(alarm?.inputs["metricQueries"]).toEqual([
    { id: "result", label: "ErrorRate", expression: "100 * part / whole", returnData: true },
    { id: "part", returnData: false, metric: metric("Errors") },
    { id: "whole", returnData: false, metric: metric("Invocations") },
  ]);
});

test("cold starts are read from the platform's reports, in each function's own log", () => {
  const filters = prod.ofType("aws:cloudwatch/logMetricFilter:LogMetricFilter");
  expect(filters.map(({ inputs }) => String(inputs["logGroupName"])).toSorted()).toEqual(
    FUNCTIONS.map((name) => `/aws/lambda/streamer-prod-${name}`).toSorted(),
  );
  for (const { inputs } of filters) {
    expect(inputs["pattern"]).toBe('{ ($.type = "platform.report") && ($.record.metrics.initDurationMs = *) }');
    expect(inputs["metricTransformation"]).toMatchObject({ namespace: "Streamer/streamer-prod", value: "$.record.metrics.initDurationMs" });
  }
  const watched = alarmsOf(prod, "S-206").map(({ inputs }) =>
    [inputs["namespace"], inputs["metricName"], inputs["extendedStatistic"]].join(" "),
  );
  const written = filters.map(({ inputs }) => {
    const { namespace, name } = inputs["metricTransformation"] as { namespace: string; name: string };
    return `${namespace} ${name} p95`;
  });
  expect(watched.toSorted()).toEqual(written.toSorted());
});

test("concurrency is watched in percent of the account's limit", () => {
  const [alarm] = alarmsOf(prod, "S-207");
  expect(alarm?.inputs["metricQueries"]).toMatchObject([
    { expression: "100 * used / 1000", returnData: true },
    { metric: { namespace: "AWS/Lambda", metricName: "ConcurrentExecutions", dimensions: {}, stat: "Maximum" } },
  ]);
});

test("names in the metric table are unique for what they are measured on", () => {
  const names = METRICS.map(({ namespace, target, name }) => `${namespace} ${target} ${name}`);
  expect(new Set(names).size).toBe(names.length);
});
