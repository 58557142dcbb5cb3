import { actions } from "@streamer/functions/actions";
import { createWiring } from "@streamer/server/wiring";
import { beforeAll, describe, expect, test } from "vitest";
import { statementsOf, synth } from "./synth/synth.ts";
import type { Statement, Synth } from "./synth/synth.ts";

const { processors } = createWiring(actions);
const pascal = (name: string): string => name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

let app: Synth;
beforeAll(async () => {
  app = await synth({ stage: "prod" });
});

const nameOf = (type: string, name: string): string => String(app.get(type, name).inputs["name"] ?? app.get(type, name).inputs["bucket"]);
const AT = "eu-west-1:123456789012";
const tableArn = () => `arn:aws:dynamodb:${AT}:table/${nameOf("aws:dynamodb/table:Table", "StreamerDatabaseTable")}`;
const filesArn = (prefix = "") => `arn:aws:s3:::${nameOf("aws:s3/bucket:Bucket", "StreamerFilesBucket")}/${prefix}*`;
const queueArn = (name: string) => `arn:aws:sqs:${AT}:${nameOf("aws:sqs/queue:Queue", name)}`;
const ITEMS = [
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
  "dynamodb:DeleteItem",
  "dynamodb:Query",
  "dynamodb:BatchGetItem",
  "dynamodb:BatchWriteItem",
];

const TAKE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** AWS knows no resources for these. */
const WITHOUT_RESOURCES = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

const grants = (role: string) =>
  app.statements(role).map(({ Effect, Action, Resource, Condition }) => ({ Effect, Action, Resource, Condition }));
const allow = (Action: readonly string[], ...Resource: string[]) => ({ Effect: "Allow", Action, Resource, Condition: undefined });
/** Whoever publishes to topics cannot make a request start, or seem to have ended; the sweeper cannot speak for a topic. */
const putEvents = (detailType: string) => ({
  ...allow(["events:PutEvents"], `arn:aws:events:${AT}:event-bus/${nameOf("aws:cloudwatch/eventBus:EventBus", "StreamerEventsBus")}`),
  Condition: { StringEquals: { "events:detail-type": [detailType] } },
});
const post = () => allow(["execute-api:ManageConnections"], `arn:aws:execute-api:${AT}:api1234567/$default/POST/@connections/*`);
const common = (logGroup: string) => [
  allow(["logs:CreateLogStream", "logs:PutLogEvents"], `arn:aws:logs:${AT}:log-group:/aws/lambda/streamer-prod-${logGroup}:*`),
  allow(WITHOUT_RESOURCES, "*"),
];

test("connect may store a connection, and nothing else", () => {
  expect(grants("StreamerConnectRole")).toEqual([...common("connect"), allow(["dynamodb:PutItem"], tableArn())]);
});

test("disconnect may delete what belongs to a connection, find it by one index, and put on the bus what concerns topics", () => {
  expect(grants("StreamerDisconnectRole")).toEqual([
    ...common("disconnect"),
    allow(["dynamodb:DeleteItem", "dynamodb:BatchWriteItem"], tableArn()),
    allow(["dynamodb:Query"], `${tableArn()}/index/gsi3`),
    putEvents("streamer.topic"),
  ]);
});

test("the router may work on items, list requests and topics by three indexes, sign downloads and uploads of payloads, publish to topics, and post to this API's connections", () => {
  expect(grants("StreamerRouterRole")).toEqual([
    ...common("router"),
    allow(ITEMS, tableArn()),
    allow(["dynamodb:Query"], `${tableArn()}/index/gsi1`, `${tableArn()}/index/gsi2`, `${tableArn()}/index/gsi3`),
    allow(["s3:GetObject"], filesArn()),
    allow(["s3:PutObject"], ...processors.map(({ action }) => filesArn(`${action}/uploads/`))),
    putEvents("streamer.topic"),
    post(),
  ]);
});

test.each(processors)(
  "the processor of $action may work on items, keep files, take from its own queue, publish to topics, and post to this API's connections",
  ({ action }) => {
    expect(grants(`StreamerProcess${pascal(action)}Role`)).toEqual([
      ...common(`process_${action}`),
      allow(ITEMS, tableArn()),
      allow(["s3:GetObject", "s3:PutObject"], filesArn(`${action}/`)),
      allow([...TAKE, "sqs:ChangeMessageVisibility"], queueArn(`Streamer${pascal(action)}QueueQueue`)),
      putEvents("streamer.topic"),
      post(),
    ]);
  },
);

test("the notifier may find subscribers, remove those that are gone, take from its queue, publish that they left, and post to this API's connections", () => {
  expect(grants("StreamerNotifierRole")).toEqual([
    ...common("notifier"),
    allow(["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:DeleteItem"], tableArn()),
    allow(TAKE, queueArn("StreamerNotifierQueueQueue")),
    putEvents("streamer.topic"),
    post(),
  ]);
});

test("whoever puts on the bus puts one kind of event", () => {
  const functions = app.ofType("aws:iam/role:Role").filter(({ name }) => TRUSTED[name] === undefined);
  const kinds = functions.flatMap(({ name }) =>
    app
      .statements(name)
      .filter(({ Action }) => Action.includes("events:PutEvents"))
      .map(({ Condition }) => [name, Condition?.["StringEquals"]?.["events:detail-type"]] as const),
  );
  const names = ["Disconnect", "Router", "Notifier", ...processors.map(({ action }) => `Process${pascal(action)}`)];
  expect(Object.fromEntries(kinds)).toEqual({
    ...Object.fromEntries(names.map((name) => [`Streamer${name}Role`, ["streamer.topic"]])),
    StreamerSweeperRole: ["streamer.request"],
  });
});

test("the sweeper may find open work by one index, move it on, put on the bus, and post to this API's connections", () => {
  expect(grants("StreamerSweeperRole")).toEqual([
    ...common("sweeper"),
    allow(["dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"], tableArn()),
    allow(["dynamodb:Query"], `${tableArn()}/index/gsi4`),
    putEvents("streamer.request"),
    post(),
  ]);
});

test("the Pipe may read the stream, put on the bus, and leave dead letters", () => {
  expect(grants("StreamerPipeRole")).toEqual([
    allow(
      ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
      `${tableArn()}/stream/2026-01-01T00:00:00.000`,
    ),
    allow(["events:PutEvents"], `arn:aws:events:${AT}:event-bus/${nameOf("aws:cloudwatch/eventBus:EventBus", "StreamerEventsBus")}`),
    allow(["sqs:SendMessage"], queueArn("StreamerPipeDeadLettersQueueQueue")),
  ]);
});

test("the schedule may call its function, and leave dead letters", () => {
  const sweeper = nameOf("aws:lambda/function:Function", "StreamerSweeperFunction");
  expect(grants("StreamerSweeperScheduleRole")).toEqual([
    allow(["lambda:InvokeFunction"], `arn:aws:lambda:${AT}:function:${sweeper}`),
    allow(["sqs:SendMessage"], queueArn("StreamerSweeperScheduleDeadLettersQueueQueue")),
  ]);
});

test("there is a role for each function, the Pipe and the schedule, and no other", () => {
  expect(
    app
      .ofType("aws:iam/role:Role")
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(
    [
      "StreamerConnectRole",
      "StreamerDisconnectRole",
      "StreamerNotifierRole",
      "StreamerPipeRole",
      ...processors.map(({ action }) => `StreamerProcess${pascal(action)}Role`),
      "StreamerRouterRole",
      "StreamerSweeperRole",
      "StreamerSweeperScheduleRole",
    ].toSorted(),
  );
});

/** Roles of no function. */
const TRUSTED: Readonly<Record<string, string>> = {
  StreamerPipeRole: "pipes.amazonaws.com",
  StreamerSweeperScheduleRole: "scheduler.amazonaws.com",
};

describe("every role", () => {
  test("has no policy that AWS or somebody else keeps", () => {
    for (const { name, inputs } of app.ofType("aws:iam/role:Role")) expect([name, inputs["managedPolicyArns"] ?? []]).toEqual([name, []]);
    expect(app.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")).toEqual([]);
    expect(app.ofType("aws:iam/rolePolicy:RolePolicy")).toEqual([]);
  });

  test("trusts one service", () => {
    for (const { name, inputs } of app.ofType("aws:iam/role:Role")) {
      const service = TRUSTED[name] ?? "lambda.amazonaws.com";
      const principals = statementsOf(inputs["assumeRolePolicy"]).flatMap(({ Principal = {} }) =>
        Object.entries(Principal).map(([type, ids]) => [type, ...[ids].flat()]),
      );
      expect([name, principals]).toEqual([name, [["Service", service]]]);
    }
  });
});

test("the Pipe's role can be taken by this app's Pipe only", () => {
  const [trust] = statementsOf(app.get("aws:iam/role:Role", "StreamerPipeRole").inputs["assumeRolePolicy"]);
  expect(trust?.Condition).toEqual({
    StringEquals: { "aws:SourceAccount": ["123456789012"] },
    ArnEquals: { "aws:SourceArn": [`arn:aws:pipes:${AT}:pipe/${nameOf("aws:pipes/pipe:Pipe", "StreamerPipe")}`] },
  });
});

test("no role trusts the account while `sst dev` runs either", async () => {
  const dev = await synth({ stage: "mia", dev: true });
  const trusted = dev
    .ofType("aws:iam/role:Role")
    .flatMap(({ inputs }) => statementsOf(inputs["assumeRolePolicy"]))
    .flatMap(({ Principal = {} }) => Object.keys(Principal));
  expect(new Set(trusted)).toEqual(new Set(["Service"]));
});

test("each queue takes messages from one rule only", () => {
  const bus = nameOf("aws:cloudwatch/eventBus:EventBus", "StreamerEventsBus");
  const policies = app.ofType("aws:sqs/queuePolicy:QueuePolicy").map(({ name, inputs }) => [name, statementsOf(inputs["policy"])] as const);
  const expected = [...processors.map(({ action }) => action), "notifier"].flatMap((rule) =>
    ["DeadLettersQueue", "Queue"].map((queue) => [
      `Streamer${pascal(rule)}${queue}Policy`,
      [
        {
          Effect: "Allow",
          Principal: { Service: ["events.amazonaws.com"] },
          Action: ["sqs:SendMessage"],
          Resource: [queueArn(`Streamer${pascal(rule)}${queue}Queue`)],
          Condition: { ArnEquals: { "aws:SourceArn": [`arn:aws:events:${AT}:rule/${bus}/streamer-prod-${rule}`] } },
        },
      ],
    ]),
  );
  expect(Object.fromEntries(policies)).toEqual(Object.fromEntries(expected));
});

test("API Gateway may call the routes' functions from this API only", () => {
  const permissions = app.ofType("aws:lambda/permission:Permission").map(({ inputs }) => inputs);
  expect(permissions).toHaveLength(3);
  for (const inputs of permissions) {
    expect(inputs).toMatchObject({
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: `arn:aws:execute-api:${AT}:api1234567/*`,
    });
  }
});

test("no policy of a role, queue, topic or key allows an action by wildcard, or every resource where AWS knows them", () => {
  const allowed = allStatements().filter(({ statement }) => statement.Effect === "Allow");
  expect(allowed.length).toBeGreaterThan(20);
  const wild = allowed.flatMap(({ where, statement }) =>
    statement.Action.filter((action) => action.includes("*")).map((action) => [where, action]),
  );
  expect(wild).toEqual([]);
  // In a key's own policy "*" is the key.
  const everywhere = allowed.filter(({ where, statement }) => !where.startsWith("aws:kms/") && (statement.Resource ?? []).includes("*"));
  expect(new Set(everywhere.flatMap(({ statement }) => statement.Action))).toEqual(new Set(WITHOUT_RESOURCES));
});

function allStatements(): { where: string; statement: Statement }[] {
  return app.resources.flatMap(({ type, name, inputs }) => {
    const documents = [
      inputs["policy"],
      ...((inputs["inlinePolicies"] ?? []) as readonly { policy: string }[]).map(({ policy }) => policy),
    ];
    return documents
      .filter((document) => document !== undefined)
      .flatMap((document) => statementsOf(document).map((statement) => ({ where: `${type} ${name}`, statement })));
  });
}
