import { tableDefinition } from "@streamer/server";
import { FakeError } from "./fakeAws.ts";
import type { FakeAnswer } from "./fakeAws.ts";

/** By operation. */
export type StageAnswers = Readonly<Record<string, FakeAnswer>>;

const ACCOUNT = "arn:aws:%:eu-west-1:123456789012:";
const arn = (service: string, rest: string): string => ACCOUNT.replace("%", service) + rest;
const schema = (partitionKey: string, sortKey: string) => [
  { AttributeName: partitionKey, KeyType: "HASH" },
  { AttributeName: sortKey, KeyType: "RANGE" },
];
export const TABLE = {
  TableStatus: "ACTIVE",
  KeySchema: schema("pk", "sk"),
  GlobalSecondaryIndexes: tableDefinition.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: schema(index.partitionKey, index.sortKey),
    Projection: { ProjectionType: "KEYS_ONLY" },
  })),
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
};
export const PIPE = {
  Name: "shop-prod-requests",
  DesiredState: "RUNNING",
  CurrentState: "RUNNING",
  Source: arn("dynamodb", "table/shop-prod-StreamerDatabaseTable-x/stream/2026-01-01"),
  Target: arn("events", "event-bus/shop-prod-StreamerEventsBus"),
  SourceParameters: { DynamoDBStreamParameters: { StartingPosition: "LATEST", DeadLetterConfig: { Arn: arn("sqs", "pipe-dlq") } } },
};
const FUNCTIONS = ["connect", "disconnect", "router", "notifier", "sweeper", "process_generate_report"];
const awsName = (name: string): string => `shop-prod-Streamer-${name}-abcdef`;
export const recovery = (status: string) => ({
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: "ENABLED",
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: status },
  },
});
/** CloudWatch: of each query, by function or queue and metric, its values. */
export const metrics =
  (values: (of: string, metric: string) => readonly number[]): FakeAnswer =>
  (input) => ({
    MetricDataResults: (
      input["MetricDataQueries"] as { Id: string; MetricStat: { Metric: { MetricName: string; Dimensions: { Value: string }[] } } }[]
    ).map(({ Id, MetricStat: { Metric } }) => ({
      Id,
      Values: values(Metric.Dimensions[0]?.Value ?? "", Metric.MetricName),
      Timestamps: [],
    })),
  });
export const attributes =
  (of: Readonly<Record<string, Readonly<Record<string, string>>>> = {}): FakeAnswer =>
  (input) => {
    const name = String(input["QueueUrl"]).split("/").at(-1) ?? "";
    return {
      Attributes: { ApproximateNumberOfMessages: "0", ApproximateNumberOfMessagesNotVisible: "0", VisibilityTimeout: "900", ...of[name] },
    };
  };

/** A stage of one action that is well: `shop`/`prod`. @param endpoint where its queues are. */
export const wellStage = (endpoint: () => string): StageAnswers => ({
  DescribePipe: (_, path) => (path.endsWith("/shop-prod-requests") ? PIPE : undefined),
  DescribeTable: { Table: TABLE },
  DescribeTimeToLive: { TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName: "expires_at" } },
  DescribeContinuousBackups: recovery("ENABLED"),
  Query: { Items: [], Count: 0 },
  ListRules: ({ EventBusName: bus, NamePrefix: prefix }) => {
    if (bus !== "shop-prod-StreamerEventsBus" || prefix !== "shop-prod-") return new FakeError("ResourceNotFoundException");
    return { Rules: ["generate_report", "notifier"].map((name) => ({ Name: `shop-prod-${name}`, State: "ENABLED" })) };
  },
  ListTargetsByRule: ({ Rule: rule }) => {
    const queue = String(rule).replace("shop-prod-", "");
    return { Targets: [{ Id: "queue", Arn: arn("sqs", queue), DeadLetterConfig: { Arn: arn("sqs", `${queue}-dlq`) } }] };
  },
  GetQueueUrl: ({ QueueName: name }) => ({ QueueUrl: `${endpoint()}/123456789012/${String(name)}` }),
  GetQueueAttributes: attributes(),
  ListEventSourceMappings: (_, path) => ({
    EventSourceMappings: [
      {
        State: "Enabled",
        FunctionArn: arn("lambda", `function:${awsName(path.includes("notifier") ? "notifier" : "process_generate_report")}`),
      },
    ],
  }),
  ListFunctions: {
    Functions: [
      ...FUNCTIONS.map((name) => ({ FunctionName: awsName(name), LoggingConfig: { LogGroup: `/aws/lambda/shop-prod-${name}` } })),
      { FunctionName: "of-another-app", LoggingConfig: { LogGroup: "/aws/lambda/other" } },
    ],
  },
  GetFunctionConfiguration: (_, path) => ({
    FunctionName: path.split("/")[3],
    State: "Active",
    LastUpdateStatus: "Successful",
    Timeout: 600,
  }),
  GetMetricData: metrics((_, metric) => (metric === "Invocations" ? [1, 1, 1] : [])),
});
