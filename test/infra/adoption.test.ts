import { join } from "node:path";
import { describe, beforeAll, expect, test } from "vitest";
import { REPOSITORY } from "./synth/platform.ts";
import { statementsOf, synth } from "./synth/synth.ts";
import type { Synth } from "./synth/synth.ts";

describe("an app that takes Streamer in", () => {
  let app: Synth;
  beforeAll(async () => {
    app = await synth({ stage: "prod", root: join(REPOSITORY, "packages/examples/orders") });
  });

  test("has what Streamer needs for its actions, beside its own resources", () => {
    const names = app.resources.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["OrderArchiveBucket", "StreamerDatabaseTable", "StreamerPipe", "StreamerExportOrdersQueueQueue"]),
    );
    expect(app.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").length).toBeGreaterThan(20);
    expect(app.builds.map(({ handler }) => handler).toSorted()).toEqual([
      "functions/src/actions/exportOrders/processor.handler",
      "functions/src/connect.handler",
      "functions/src/disconnect.handler",
      "functions/src/notifier.handler",
      "functions/src/onRequest.handler",
      "functions/src/router.handler",
      "functions/src/sweeper.handler",
    ]);
  });

  test("gives a function of Streamer a link and a right of its own, and no other function", () => {
    const linked = app.builds.filter(({ links }) => "Orders" in links).map(({ functionID }) => functionID);
    expect(linked).toEqual(["StreamerProcessExportOrders"]);
    const archive = String(app.get("aws:s3/bucket:Bucket", "OrderArchiveBucket").inputs["bucket"]);
    const holders = app
      .ofType("aws:iam/role:Role")
      .filter(({ name }) => app.statements(name).some(({ Resource = [] }) => Resource.includes(`arn:aws:s3:::${archive}/orders/*`)));
    expect(holders.map(({ name }) => name)).toEqual(["StreamerProcessExportOrdersRole"]);
  });

  test("hears of finished requests by a rule of its own on the bus", () => {
    const rule = app.get("aws:cloudwatch/eventRule:EventRule", "StreamerEventsSubscriberFinishedRule");
    expect(JSON.parse(String(rule.inputs["eventPattern"]))).toEqual({ source: ["streamer"], detail: { status: ["completed", "failed"] } });
    expect(rule.inputs["eventBusName"]).toBe(app.get("aws:cloudwatch/eventBus:EventBus").inputs["name"]);
  });
});

describe("what our own configuration leaves out", () => {
  let app: Synth;
  beforeAll(async () => {
    app = await synth({ stage: "prod", config: "stacks/fixtures/extras.config.ts" });
  });

  test("a schedule of the wiring runs its function, and leaves dead letters that are watched", () => {
    const { inputs } = app.get("aws:scheduler/schedule:Schedule", "StreamerCleanScheduleSchedule");
    const cleaner = app.get("aws:lambda/function:Function", "StreamerCleanerFunction");
    const deadLetters = String(app.get("aws:sqs/queue:Queue", "StreamerCleanScheduleDeadLettersQueueQueue").inputs["name"]);
    expect(inputs).toMatchObject({
      scheduleExpression: "rate(5 minutes)",
      state: "ENABLED",
      target: {
        arn: `arn:aws:lambda:eu-west-1:123456789012:function:${String(cleaner.inputs["name"])}`,
        deadLetterConfig: { arn: `arn:aws:sqs:eu-west-1:123456789012:${deadLetters}` },
        retryPolicy: { maximumRetryAttempts: 2 },
      },
    });
    expect(cleaner.inputs).toMatchObject({ timeout: 50, memorySize: 256, tracingConfig: { mode: "Active" } });
    expect(cleaner.inputs["environment"]).toMatchObject({ variables: { POWERTOOLS_TRACE_ENABLED: "true" } });
    const watched = app
      .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
      .map(({ inputs: alarm }) => (alarm["dimensions"] as Record<string, string> | undefined)?.["QueueName"]);
    expect(watched).toContain(deadLetters);
  });

  test("a schedule's function may log and be traced, and nothing else before it is given more", () => {
    expect(app.statements("StreamerCleanerRole").flatMap(({ Action }) => Action)).toEqual([
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
    ]);
  });

  test("a message group of the wiring is the target's", () => {
    const { inputs } = app.get("aws:cloudwatch/eventTarget:EventTarget", "StreamerGenerateReportTarget");
    expect(inputs["sqsTarget"]).toEqual({ messageGroupId: "$.detail.user_id" });
  });

  test("without topics of requests the notifier hears of topics only", () => {
    const { inputs } = app.get("aws:cloudwatch/eventRule:EventRule", "StreamerNotifierRule");
    expect(JSON.parse(String(inputs["eventPattern"]))).toEqual({ source: ["streamer"], "detail-type": ["streamer.topic"] });
  });

  test("whoever is named is written to when an alarm goes off", () => {
    const topic = `arn:aws:sns:eu-west-1:123456789012:${String(app.get("aws:sns/topic:Topic").inputs["name"])}`;
    expect(app.get("aws:sns/topicSubscription:TopicSubscription").inputs).toEqual({
      topic,
      protocol: "email",
      endpoint: "on-call@example.com",
    });
  });

  test("the account's own limit of concurrency counts", () => {
    const alarm = app.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").find(({ name }) => name.includes("S207"));
    expect(alarm?.inputs["metricQueries"]).toMatchObject([{ expression: "100 * used / 200" }, {}]);
  });

  test("a trail records the accesses to the table and the bucket, and only that trail may write its files", () => {
    const { inputs, options } = app.get("aws:cloudtrail/trail:Trail");
    expect(options.dependsOn).toContainEqual(expect.stringMatching(/BucketPolicy::StreamerAuditFilesPolicy$/));
    const table = String(app.get("aws:dynamodb/table:Table").inputs["name"]);
    const files = String(app.get("aws:s3/bucket:Bucket", "StreamerFilesBucket").inputs["bucket"]);
    expect(inputs).toMatchObject({
      enableLogFileValidation: true,
      s3BucketName: app.get("aws:s3/bucket:Bucket", "StreamerAuditFilesBucket").inputs["bucket"],
    });
    expect(JSON.stringify(inputs["advancedEventSelectors"])).toContain(`"arn:aws:dynamodb:eu-west-1:123456789012:table/${table}"`);
    expect(JSON.stringify(inputs["advancedEventSelectors"])).toContain(`"arn:aws:s3:::${files}/"`);
    const policy = app.get("aws:s3/bucketPolicy:BucketPolicy", "StreamerAuditFilesPolicy").inputs["policy"];
    const allowed = statementsOf(policy).filter(({ Effect }) => Effect === "Allow");
    expect(allowed).toHaveLength(2);
    for (const { Condition } of allowed) {
      expect(Condition?.["StringEquals"]?.["aws:SourceArn"]).toEqual([
        `arn:aws:cloudtrail:eu-west-1:123456789012:trail/${String(inputs["name"])}`,
      ]);
    }
  });
});

test("without being asked for there is no trail and no subscriber", async () => {
  const app = await synth({ stage: "prod" });
  expect(app.ofType("aws:cloudtrail/trail:Trail")).toEqual([]);
  expect(app.ofType("aws:sns/topicSubscription:TopicSubscription")).toEqual([]);
});
