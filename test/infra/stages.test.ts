import { beforeAll, expect, test } from "vitest";
import { AWS_PROVIDER_VERSION } from "./synth/platform.ts";
import type { Synth } from "./synth/synth.ts";
import { synth } from "./synth/synth.ts";

const FUNCTION = "aws:lambda/function:Function";
const TABLE = "aws:dynamodb/table:Table";
const FILES = "StreamerFilesBucket";

let dev: Synth;
let staging: Synth;
let prod: Synth;
beforeAll(async () => {
  [dev, staging, prod] = await Promise.all([synth({ stage: "dev" }), synth({ stage: "staging" }), synth({ stage: "prod" })]);
});

const logLevels = (app: Synth) =>
  new Set(
    app.ofType(FUNCTION).map(({ inputs }) => {
      const { applicationLogLevel } = inputs["loggingConfig"] as { applicationLogLevel: string };
      return [
        applicationLogLevel,
        (inputs["environment"] as { variables: Record<string, string> }).variables["POWERTOOLS_LOG_LEVEL"],
      ].join();
    }),
  );
const retentions = (app: Synth) => new Set(app.ofType("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs["retentionInDays"]));

test("dev logs verbosely and has no alarms, topic, dashboard or searches for traces", () => {
  expect(logLevels(dev)).toEqual(new Set(["DEBUG,DEBUG"]));
  expect(dev.ofType("aws:cloudwatch/metricAlarm:MetricAlarm")).toEqual([]);
  expect(dev.ofType("aws:sns/topic:Topic")).toEqual([]);
  expect(dev.ofType("aws:cloudwatch/dashboard:Dashboard")).toEqual([]);
  expect(dev.ofType("aws:cloudwatch/compositeAlarm:CompositeAlarm")).toEqual([]);
  expect(dev.ofType("aws:xray/group:Group")).toEqual([]);
});

test("functions write metrics where somebody watches them, and none in dev", () => {
  const disabled = (app: Synth) =>
    new Set(
      app
        .ofType(FUNCTION)
        .map(({ inputs }) => (inputs["environment"] as { variables: Record<string, string> }).variables["POWERTOOLS_METRICS_DISABLED"]),
    );
  expect([dev, staging, prod].map((app) => [...disabled(app)])).toEqual([["true"], ["false"], ["false"]]);
});

test("each stage has a throttle of its own, the lowest where nobody but its developer is served (S-214)", () => {
  const throttle = (app: Synth) => {
    const { defaultRouteSettings } = app.get("aws:apigatewayv2/stage:Stage").inputs as { defaultRouteSettings: Record<string, unknown> };
    return [defaultRouteSettings["throttlingRateLimit"], defaultRouteSettings["throttlingBurstLimit"]];
  };
  expect([dev, staging, prod].map(throttle)).toEqual([
    [100, 200],
    [1_000, 1_000],
    [5_000, 2_500],
  ]);
});

test("staging and prod log what matters, and have as many alarms as each other", () => {
  expect(logLevels(staging)).toEqual(new Set(["INFO,INFO"]));
  expect(logLevels(prod)).toEqual(new Set(["INFO,INFO"]));
  const alarms = (app: Synth) => app.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
  expect(alarms(staging).toSorted()).toEqual(alarms(prod).toSorted());
  expect(alarms(prod).length).toBeGreaterThan(20);
});

test("every log group has a retention: a week in dev, a month in staging, three in prod", () => {
  expect(retentions(dev)).toEqual(new Set([7]));
  expect(retentions(staging)).toEqual(new Set([30]));
  expect(retentions(prod)).toEqual(new Set([90]));
});

test("prod keeps its data: deletion protection, retained when the stage goes, never emptied", () => {
  expect(prod.get(TABLE).inputs["deletionProtectionEnabled"]).toBe(true);
  expect(prod.get(TABLE).options.retainOnDelete).toBe(true);
  expect(prod.get("aws:s3/bucket:Bucket", FILES).options.retainOnDelete).toBe(true);
  expect(prod.get("aws:s3/bucket:Bucket", FILES).inputs["forceDestroy"]).toBe(false);
  expect(prod.app).toMatchObject({ removal: "retain", protect: true });
});

test.each(["dev", "staging"])("%s can be removed whole", async (stage) => {
  const app = stage === "dev" ? dev : staging;
  expect(app.get(TABLE).inputs["deletionProtectionEnabled"]).toBe(false);
  expect(app.get(TABLE).options.retainOnDelete).toBe(false);
  expect(app.get("aws:s3/bucket:Bucket", FILES).inputs["forceDestroy"]).toBe(true);
  expect(app.app).toMatchObject({ removal: "remove", protect: false });
});

test("every stage can go back to a point in time, and is encrypted", () => {
  for (const app of [dev, staging, prod]) {
    expect(app.get(TABLE).inputs).toMatchObject({ pointInTimeRecovery: { enabled: true }, serverSideEncryption: { enabled: true } });
    const [encryption] = app.ofType("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration");
    expect(encryption?.inputs["rules"]).toEqual([{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }]);
    for (const { inputs } of app.ofType("aws:sqs/queue:Queue")) expect(inputs["sqsManagedSseEnabled"]).toBe(true);
  }
});

test("evaluations use the AWS provider that is deployed with", () => {
  expect(prod.app["providers"]).toEqual({ aws: { version: AWS_PROVIDER_VERSION } });
});

test("names say the app and the stage", () => {
  for (const [app, stage] of [
    [dev, "dev"],
    [staging, "staging"],
    [prod, "prod"],
  ] as const) {
    const types = [FUNCTION, TABLE, "aws:sqs/queue:Queue", "aws:cloudwatch/eventBus:EventBus", "aws:pipes/pipe:Pipe", "aws:iam/role:Role"];
    const names = types.flatMap((type) => app.ofType(type)).map(({ inputs }) => String(inputs["name"]));
    expect(names.filter((name) => !name.includes(`${stage}-`))).toEqual([]);
  }
});
