import { beforeAll, describe, expect, test } from "vitest";
import { statementsOf, synth } from "./synth/synth.ts";
import type { Statement, Synth } from "./synth/synth.ts";

let app: Synth;
beforeAll(async () => {
  app = await synth({ stage: "prod" });
});

const nameOf = (type: string, name: string): string => String(app.get(type, name).inputs["name"] ?? app.get(type, name).inputs["bucket"]);
const AT = "eu-west-1:123456789012";
const tableArn = () => `arn:aws:dynamodb:${AT}:table/${nameOf("aws:dynamodb/table:Table", "StreamerDatabaseTable")}`;
const filesArn = (prefix = "") => `arn:aws:s3:::${nameOf("aws:s3/bucket:Bucket", "StreamerFilesBucket")}/${prefix}*`;
const queueArn = (name: string) => `arn:aws:sqs:${AT}:${nameOf("aws:sqs/queue:Queue", name)}`;
const ITEMS = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"];

/** AWS knows no resources for these. */
const WITHOUT_RESOURCES = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

const grants = (role: string) =>
  app.statements(role).map(({ Effect, Action, Resource, Condition }) => ({ Effect, Action, Resource, Condition }));
const allow = (Action: readonly string[], ...Resource: string[]) => ({ Effect: "Allow", Action, Resource, Condition: undefined });
const common = (logGroup: string) => [
  allow(["logs:CreateLogStream", "logs:PutLogEvents"], `arn:aws:logs:${AT}:log-group:/aws/lambda/streamer-prod-${logGroup}:*`),
  allow(WITHOUT_RESOURCES, "*"),
];

test("connect may store a connection, and nothing else", () => {
  expect(grants("StreamerConnectRole")).toEqual([...common("connect"), allow(["dynamodb:PutItem"], tableArn())]);
});

test("disconnect may delete what belongs to a connection, and find it by one index", () => {
  expect(grants("StreamerDisconnectRole")).toEqual([
    ...common("disconnect"),
    allow(["dynamodb:DeleteItem", "dynamodb:BatchWriteItem"], tableArn()),
    allow(["dynamodb:Query"], `${tableArn()}/index/gsi3`),
  ]);
});

test("the router may work on items, list requests by two indexes, sign downloads and uploads of payloads, and post to this API's connections", () => {
  expect(grants("StreamerRouterRole")).toEqual([
    ...common("router"),
    allow([...ITEMS, "dynamodb:BatchGetItem"], tableArn()),
    allow(["dynamodb:Query"], `${tableArn()}/index/gsi1`, `${tableArn()}/index/gsi2`),
    allow(["s3:GetObject"], filesArn()),
    allow(["s3:PutObject"], filesArn("generate_report/uploads/")),
    allow(["execute-api:ManageConnections"], `arn:aws:execute-api:${AT}:api1234567/$default/POST/@connections/*`),
  ]);
});

test("a processor may work on items, keep files, take from its own queue, and post to this API's connections", () => {
  expect(grants("StreamerProcessGenerateReportRole")).toEqual([
    ...common("process_generate_report"),
    allow(ITEMS, tableArn()),
    allow(["s3:GetObject", "s3:PutObject"], filesArn("generate_report/")),
    allow(
      ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
      queueArn("StreamerGenerateReportQueueQueue"),
    ),
    allow(["execute-api:ManageConnections"], `arn:aws:execute-api:${AT}:api1234567/$default/POST/@connections/*`),
  ]);
});

test("the sweeper may find open work by one index, move it on, put on the bus, and post to this API's connections", () => {
  expect(grants("StreamerSweeperRole")).toEqual([
    ...common("sweeper"),
    allow(["dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"], tableArn()),
    allow(["dynamodb:Query"], `${tableArn()}/index/gsi4`),
    allow(["events:PutEvents"], `arn:aws:events:${AT}:event-bus/${nameOf("aws:cloudwatch/eventBus:EventBus", "StreamerEventsBus")}`),
    allow(["execute-api:ManageConnections"], `arn:aws:execute-api:${AT}:api1234567/$default/POST/@connections/*`),
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
  ).toEqual([
    "StreamerConnectRole",
    "StreamerDisconnectRole",
    "StreamerPipeRole",
    "StreamerProcessGenerateReportRole",
    "StreamerRouterRole",
    "StreamerSweeperRole",
    "StreamerSweeperScheduleRole",
  ]);
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
  const policies = app.ofType("aws:sqs/queuePolicy:QueuePolicy");
  expect(policies.map(({ name }) => name).toSorted()).toEqual([
    "StreamerGenerateReportDeadLettersQueuePolicy",
    "StreamerGenerateReportQueuePolicy",
  ]);
  const bus = nameOf("aws:cloudwatch/eventBus:EventBus", "StreamerEventsBus");
  for (const { inputs } of policies) {
    expect(statementsOf(inputs["policy"])).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: ["events.amazonaws.com"] },
        Action: ["sqs:SendMessage"],
        Resource: [expect.stringMatching(/^arn:aws:sqs:.*StreamerGenerateReport\w*Queue/) as string],
        Condition: { ArnEquals: { "aws:SourceArn": [`arn:aws:events:${AT}:rule/${bus}/streamer-prod-generate_report`] } },
      },
    ]);
  }
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
