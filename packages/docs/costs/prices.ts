/** One list price. */
export interface Price {
  /** As it stands in the table. */
  readonly label: string;
  readonly dollars: number;
  /** For so many of the unit. */
  readonly per: number;
  readonly unit: string;
  /** Where AWS says it. */
  readonly page: string;
}

/** Prices are of this Region, without free tiers and discounts. */
export const REGION = "us-east-1";
/** When the prices were last compared with AWS's pages. */
export const LOOKED_UP = "2026-11-21";

const MILLION = 1_000_000;
const DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const API_GATEWAY = "https://aws.amazon.com/api-gateway/pricing/";
const EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/";
const SQS = "https://aws.amazon.com/sqs/pricing/";
const LAMBDA = "https://aws.amazon.com/lambda/pricing/";
const XRAY = "https://aws.amazon.com/xray/pricing/";
const CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/";
const KMS = "https://aws.amazon.com/kms/pricing/";

export const PRICES = {
  tableWrites: { label: "DynamoDB writes", dollars: 0.625, per: MILLION, unit: "write request units", page: DYNAMODB },
  tableReads: { label: "DynamoDB reads", dollars: 0.125, per: MILLION, unit: "read request units", page: DYNAMODB },
  streamReads: { label: "DynamoDB stream reads", dollars: 0.02, per: 100_000, unit: "GetRecords calls", page: DYNAMODB },
  tableStorage: { label: "DynamoDB storage", dollars: 0.25, per: 1, unit: "GB-months", page: DYNAMODB },
  tableBackup: { label: "DynamoDB point-in-time recovery", dollars: 0.2, per: 1, unit: "GB-months", page: DYNAMODB },
  messages: { label: "API Gateway messages", dollars: 1, per: MILLION, unit: "messages of 32 KB", page: API_GATEWAY },
  connectionMinutes: { label: "API Gateway connection minutes", dollars: 0.25, per: MILLION, unit: "minutes", page: API_GATEWAY },
  pipes: { label: "EventBridge Pipes", dollars: 0.4, per: MILLION, unit: "requests of 64 KB", page: EVENTBRIDGE },
  events: { label: "EventBridge bus", dollars: 1, per: MILLION, unit: "events of 64 KB", page: EVENTBRIDGE },
  queue: { label: "SQS", dollars: 0.4, per: MILLION, unit: "requests of 64 KB", page: SQS },
  invocations: { label: "Lambda requests", dollars: 0.2, per: MILLION, unit: "requests", page: LAMBDA },
  compute: { label: "Lambda compute", dollars: 13.3334, per: MILLION, unit: "GB-seconds (arm64)", page: LAMBDA },
  traces: { label: "X-Ray", dollars: 5, per: MILLION, unit: "traces recorded", page: XRAY },
  logs: { label: "CloudWatch logs, taken in", dollars: 0.5, per: 1, unit: "GB", page: CLOUDWATCH },
  alarms: { label: "CloudWatch alarm, each metric of it", dollars: 0.1, per: 1, unit: "alarm-months", page: CLOUDWATCH },
  compositeAlarms: { label: "CloudWatch alarm over alarms", dollars: 0.5, per: 1, unit: "alarm-months", page: CLOUDWATCH },
  customMetrics: { label: "CloudWatch metric of our own", dollars: 0.3, per: 1, unit: "metric-months", page: CLOUDWATCH },
  dashboards: { label: "CloudWatch dashboard", dollars: 3, per: 1, unit: "dashboard-months", page: CLOUDWATCH },
  logsRead: { label: "CloudWatch logs, read by queries", dollars: 0.005, per: 1, unit: "GB", page: CLOUDWATCH },
  keys: { label: "KMS key of the alarm topic", dollars: 1, per: 1, unit: "key-months", page: KMS },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
