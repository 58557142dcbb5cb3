import { actions } from "@streamer/functions/actions";
import { createWiring, inputTemplate } from "@streamer/server/wiring";
import { beforeAll, describe, expect, test } from "vitest";
import type { SynthResource } from "./synth/resources.ts";
import { synth } from "./synth/synth.ts";
import type { Synth } from "./synth/synth.ts";

/** What is deployed is what the local stack runs: both are made of this. */
const wiring = createWiring(actions);

let app: Synth;
beforeAll(async () => {
  app = await synth({ stage: "prod" });
});

/** `StreamerGenerateReport…`, as AWS's resources of an action are called. */
const pascal = (name: string): string => name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const lambda = (name: string): SynthResource => app.get("aws:lambda/function:Function", `Streamer${pascal(name)}Function`);
const queue = (name: string): SynthResource => app.get("aws:sqs/queue:Queue", `Streamer${pascal(name)}QueueQueue`);
const arnOf = (resource: SynthResource): string => `arn:aws:sqs:eu-west-1:123456789012:${String(resource.inputs["name"])}`;
const parsed = (json: unknown): unknown => JSON.parse(String(json));

test("the table has the keys, indexes, stream and TTL of the definition", () => {
  const { table } = wiring;
  const { inputs } = app.get("aws:dynamodb/table:Table");
  expect(inputs).toMatchObject({
    billingMode: "PAY_PER_REQUEST",
    hashKey: table.partitionKey,
    rangeKey: table.sortKey,
    streamEnabled: true,
    streamViewType: table.stream,
    ttl: { attributeName: table.ttlAttribute, enabled: true },
  });
  expect(inputs["globalSecondaryIndexes"]).toEqual(
    table.indexes.map((index) => ({
      name: index.name,
      hashKey: index.partitionKey,
      rangeKey: index.sortKey,
      projectionType: table.projection,
    })),
  );
  const keys = [table.partitionKey, table.sortKey, ...table.indexes.flatMap((index) => [index.partitionKey, index.sortKey])];
  expect(inputs["attributes"]).toEqual(keys.map((name) => ({ name, type: "S" })));
});

describe("the Pipe", () => {
  const { pipe } = wiring;
  const source = () => app.get("aws:pipes/pipe:Pipe").inputs["sourceParameters"] as Record<string, Record<string, unknown>>;

  test("reads the table's stream and puts on the bus", () => {
    const { inputs } = app.get("aws:pipes/pipe:Pipe");
    expect(inputs["source"]).toMatch(/:table\/streamer-prod-StreamerDatabaseTable-\w+\/stream\//);
    expect(inputs["target"]).toBe(`arn:aws:events:eu-west-1:123456789012:event-bus/${busName()}`);
  });

  test("has the patterns of the definition", () => {
    const filters = source()["filterCriteria"]?.["filters"] as readonly { pattern: string }[];
    expect(filters.map(({ pattern }) => parsed(pattern))).toEqual(pipe.filters);
  });

  test("makes events of the definition's source, type and template", () => {
    expect(app.get("aws:pipes/pipe:Pipe").inputs["targetParameters"]).toEqual({
      eventbridgeEventBusParameters: { source: pipe.source, detailType: pipe.detailType },
      inputTemplate: inputTemplate(pipe),
    });
  });

  test("gives up on a record after the definition's attempts and age, alone, and leaves a dead letter", () => {
    expect(source()["dynamodbStreamParameters"]).toEqual({
      startingPosition: "LATEST",
      batchSize: pipe.batchSize,
      maximumRetryAttempts: pipe.maximumRetryAttempts,
      maximumRecordAgeInSeconds: pipe.maximumRecordAgeSeconds,
      onPartialBatchItemFailure: "AUTOMATIC_BISECT",
      deadLetterConfig: { arn: arnOf(queue("pipe_dead_letters")) },
    });
  });
});

/** What queues feed, with the name that its parts have. */
const queued = [...wiring.processors.map((processor) => [processor.action, processor] as const), ["notifier", wiring.notifier] as const];

test("there are as many rules, mappings and Lambda functions as the wiring has", () => {
  const routes = Object.values(wiring.routes).length;
  expect(wiring.processors.length).toBeGreaterThan(0);
  expect(app.ofType("aws:cloudwatch/eventRule:EventRule")).toHaveLength(queued.length);
  expect(app.ofType("aws:cloudwatch/eventTarget:EventTarget")).toHaveLength(queued.length);
  expect(app.ofType("aws:lambda/eventSourceMapping:EventSourceMapping")).toHaveLength(queued.length);
  expect(app.ofType("aws:scheduler/schedule:Schedule")).toHaveLength(wiring.schedules.length);
  expect(app.ofType("aws:lambda/function:Function")).toHaveLength(routes + queued.length + wiring.schedules.length);
});

describe.each(queued)("%s", (part, processor) => {
  const name = `Streamer${pascal(part)}`;

  test("has the rule of the wiring, on the bus", () => {
    const { inputs } = app.get("aws:cloudwatch/eventRule:EventRule", `${name}Rule`);
    expect(parsed(inputs["eventPattern"])).toEqual(processor.rule.pattern);
    expect(inputs).toMatchObject({ name: `streamer-prod-${processor.rule.name}`, eventBusName: busName() });
  });

  test("has its rule's events sent to its queue, and to the dead letters after a day", () => {
    const { inputs } = app.get("aws:cloudwatch/eventTarget:EventTarget", `${name}Target`);
    expect(inputs).toEqual({
      rule: `streamer-prod-${processor.rule.name}`,
      eventBusName: busName(),
      targetId: "queue",
      arn: arnOf(queue(processor.queue.name)),
      deadLetterConfig: { arn: arnOf(queue(processor.queue.deadLetterName)) },
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
      sqsTarget: { messageGroupId: processor.rule.messageGroupPath },
    });
  });

  test("has a queue with the wiring's visibility, receives and dead letters", () => {
    const { inputs } = queue(processor.queue.name);
    expect(inputs).toMatchObject({
      visibilityTimeoutSeconds: processor.queue.visibilityTimeoutMs / 1_000,
      messageRetentionSeconds: 1_209_600,
      sqsManagedSseEnabled: true,
      fifoQueue: false,
    });
    expect(parsed(inputs["redrivePolicy"])).toEqual({
      deadLetterTargetArn: arnOf(queue(processor.queue.deadLetterName)),
      maxReceiveCount: processor.queue.maxReceiveCount,
    });
    expect(queue(processor.queue.deadLetterName).inputs).toMatchObject({ messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true });
  });

  test("has its function fed in the wiring's batches without waiting for more, up to the wiring's concurrency", () => {
    const { inputs } = app.get("aws:lambda/eventSourceMapping:EventSourceMapping", `${name}Mapping`);
    expect(inputs).toEqual({
      eventSourceArn: arnOf(queue(processor.queue.name)),
      functionName: `arn:aws:lambda:eu-west-1:123456789012:function:${String(lambda(processor.function.name).inputs["name"])}`,
      batchSize: processor.queue.batchSize,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: processor.concurrency },
    });
  });
});

test.each(wiring.processors)("the function of $action is told its queue, and fed one message at a time", (processor) => {
  const { variables } = lambda(processor.function.name).inputs["environment"] as { variables: Record<string, string> };
  expect(variables["STREAMER_QUEUE_URL"]).toMatch(new RegExp(`/${String(queue(processor.queue.name).inputs["name"])}$`));
  const { inputs } = app.get("aws:lambda/eventSourceMapping:EventSourceMapping", `Streamer${pascal(processor.action)}Mapping`);
  expect(inputs["batchSize"]).toBe(1);
});

test("the notifier is fed ten messages at a time, of topics and of requests", () => {
  const { inputs } = app.get("aws:lambda/eventSourceMapping:EventSourceMapping", "StreamerNotifierMapping");
  expect(inputs["batchSize"]).toBe(10);
  const rule = app.get("aws:cloudwatch/eventRule:EventRule", "StreamerNotifierRule");
  expect(parsed(rule.inputs["eventPattern"])).toEqual({ source: ["streamer"], "detail-type": ["streamer.topic", "streamer.request"] });
});

test("the sweeper's function is told the table, the bus and where to post, and runs as often as the wiring says", () => {
  const [schedule] = wiring.schedules;
  const { inputs } = app.get("aws:scheduler/schedule:Schedule");
  expect(inputs).toMatchObject({
    scheduleExpression: `rate(${Number(schedule?.everyMs) / 60_000} minute)`,
    state: "ENABLED",
    target: { arn: `arn:aws:lambda:eu-west-1:123456789012:function:${String(lambda("sweeper").inputs["name"])}` },
  });
  const links = app.builds.find(({ functionID }) => functionID === "StreamerSweeper")?.links ?? {};
  expect(Object.keys(links).toSorted()).toEqual(["StreamerApi", "StreamerBus", "StreamerTable"]);
  expect(links["StreamerBus"]).toMatchObject({ name: busName() });
});

test.each([...Object.values(wiring.routes), ...[...queued.map(([, part]) => part), ...wiring.schedules].map((part) => part.function)])(
  "the function $name has the wiring's handler, timeout and memory",
  (spec) => {
    const { inputs } = lambda(spec.name);
    const [amount, unit] = spec.memory.split(" ");
    expect(inputs).toMatchObject({
      handler: `packages/functions/${spec.handler}`,
      timeout: spec.timeoutMs / 1_000,
      memorySize: Number(amount) * (unit === "GB" ? 1_024 : 1),
      runtime: "nodejs24.x",
    });
  },
);

test.each(Object.entries(wiring.routes))("the route %s calls its function", (routeKey, spec) => {
  const route = app.ofType("aws:apigatewayv2/route:Route").find(({ inputs }) => inputs["routeKey"] === routeKey);
  const integration = app.get(
    "aws:apigatewayv2/integration:Integration",
    String(route?.inputs["target"]).replace(/^integrations\/(.*)-id$/, "$1"),
  );
  expect(integration.inputs["integrationUri"]).toContain(`:function:${String(lambda(spec.name).inputs["name"])}/invocations`);
});

test("there are no other routes", () => {
  const keys = app.ofType("aws:apigatewayv2/route:Route").map(({ inputs }) => String(inputs["routeKey"]));
  expect(keys.toSorted()).toEqual(Object.keys(wiring.routes).toSorted());
});

function busName(): string {
  return String(app.get("aws:cloudwatch/eventBus:EventBus").inputs["name"]);
}
