/** What AWS gives an account, or a part of one, without being asked. */
export interface Quota {
  readonly what: string;
  readonly default: number;
  readonly unit: string;
  readonly page: string;
  /** `yes`: by the Service Quotas console or support. `no`: what needs more must be built otherwise. `setting`: ours, to be changed. */
  readonly adjustable: "yes" | "no" | "setting";
}

/** Quotas are of us-east-1, as the prices are; other Regions have less of some. */
export const QUOTAS_LOOKED_UP = "2026-11-21";

const DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html";
const PARTITIONS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html";
const WARM = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html";
const WEBSOCKET = "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html";
const GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html";
const EVENTBRIDGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html";
const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
const SCALING = "https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html";
const MAPPING = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html";
const SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html";

export const QUOTAS = {
  accountRequests: {
    what: "API Gateway: frames in and @connections posts, of the account",
    default: 10_000,
    unit: "/s",
    page: GATEWAY,
    adjustable: "yes",
  },
  newConnections: { what: "API Gateway: new connections, of the account", default: 500, unit: "/s", page: WEBSOCKET, adjustable: "yes" },
  tableWrites: { what: "DynamoDB: writes to the table on demand", default: 40_000, unit: "units/s", page: DYNAMODB, adjustable: "yes" },
  indexWrites: { what: "DynamoDB: writes to one index of it", default: 40_000, unit: "units/s", page: DYNAMODB, adjustable: "yes" },
  tableReads: { what: "DynamoDB: reads of the table on demand", default: 40_000, unit: "units/s", page: DYNAMODB, adjustable: "yes" },
  warmWrites: { what: "DynamoDB: writes that a new table takes at once", default: 4_000, unit: "units/s", page: WARM, adjustable: "yes" },
  warmReads: { what: "DynamoDB: reads that a new table takes at once", default: 12_000, unit: "units/s", page: WARM, adjustable: "yes" },
  partitionWrites: { what: "DynamoDB: writes to one partition key", default: 1_000, unit: "units/s", page: PARTITIONS, adjustable: "no" },
  partitionReads: { what: "DynamoDB: reads of one partition key", default: 3_000, unit: "units/s", page: PARTITIONS, adjustable: "no" },
  pipeExecutions: {
    what: "Pipes: executions at a time, of the account",
    default: 3_000,
    unit: "at a time",
    page: EVENTBRIDGE,
    adjustable: "yes",
  },
  putEvents: { what: "EventBridge: PutEvents, of the account", default: 10_000, unit: "/s", page: EVENTBRIDGE, adjustable: "yes" },
  matches: {
    what: "EventBridge: matches handed to targets, of the account",
    default: 18_750,
    unit: "/s",
    page: EVENTBRIDGE,
    adjustable: "yes",
  },
  inFlight: {
    what: "SQS: messages of one queue that are being worked on",
    default: 120_000,
    unit: "at a time",
    page: SQS,
    adjustable: "yes",
  },
  mapping: {
    what: "Lambda: workers at a time for one queue, as MaximumConcurrency",
    default: 1_000,
    unit: "at a time",
    page: MAPPING,
    adjustable: "no",
  },
  concurrency: {
    what: "Lambda: functions that run at a time, of the account",
    default: 1_000,
    unit: "at a time",
    page: LAMBDA,
    adjustable: "yes",
  },
  scaling: {
    what: "Lambda: environments that one function gains in 10 s",
    default: 1_000,
    unit: "in 10 s",
    page: SCALING,
    adjustable: "no",
  },
} as const satisfies Record<string, Quota>;

/** Lambda answers at most so many requests a second for each function that may run at a time. */
export const REQUESTS_PER_CONCURRENCY = 10;
