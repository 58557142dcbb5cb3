import { EVENT_DETAIL_TYPE, TOPIC_DETAIL_TYPE } from "@streamer/server/wiring";
import type { Permission } from "./options.ts";
import type { Input, Output, Platform } from "./platform.ts";

/**
 * What each function may do, and nothing more (S-184): the calls that `packages/server` makes, on the resources it makes them on.
 * Links grant nothing here; every right is in this file.
 */

interface Table {
  readonly arn: Output<string>;
}
interface Bucket {
  readonly arn: Output<string>;
}

/** Stores the connection. */
export function connectPermissions(table: Table): Permission[] {
  return [{ actions: ["dynamodb:PutItem"], resources: [table.arn] }];
}

/** Deletes the connection, finds and deletes its subscriptions, and has those who shared a topic with it told. */
export function disconnectPermissions({ util }: Platform, table: Table, busArn: Output<string>): Permission[] {
  return [
    { actions: ["dynamodb:DeleteItem", "dynamodb:BatchWriteItem"], resources: [table.arn] },
    { actions: ["dynamodb:Query"], resources: [util.interpolate`${table.arn}/index/gsi3`] },
    putEvents(busArn, TOPIC_DETAIL_TYPE),
  ];
}

/**
 * Transactions are permitted by the actions of their parts. Signing needs the right to do what is signed: downloads, and uploads of payloads.
 * Who cancels a request is answered; the other watchers are posted to.
 */
export function routerPermissions(
  { util }: Platform,
  table: Table,
  bucket: Bucket,
  postArn: Output<string>,
  busArn: Output<string>,
  uploadsPrefixes: readonly string[],
): Permission[] {
  const uploads = uploadsPrefixes.map((prefix) => util.interpolate`${bucket.arn}/${prefix}*`);
  return [
    // The lists of requests are found by user and by tenant, and then read. Items of a batch are subscribed to many at a time.
    { actions: [...ITEM_ACTIONS, ...BATCH_ACTIONS], resources: [table.arn] },
    // The third: the topics of a connection.
    { actions: ["dynamodb:Query"], resources: ["gsi1", "gsi2", "gsi3"].map((index) => util.interpolate`${table.arn}/index/${index}`) },
    { actions: ["s3:GetObject"], resources: [util.interpolate`${bucket.arn}/*`] },
    // A statement without a resource is none.
    ...(uploads.length === 0 ? [] : [{ actions: ["s3:PutObject"], resources: uploads }]),
    putEvents(busArn, TOPIC_DETAIL_TYPE),
    { actions: ["execute-api:ManageConnections"], resources: [postArn] },
  ];
}

export interface ProcessorResources {
  readonly table: Table;
  readonly bucket: Bucket;
  readonly filesPrefix: string;
  readonly queueArn: Output<string>;
  readonly busArn: Output<string>;
  readonly postArn: Output<string>;
}

/** Takes messages of its own queue, keeps requests in the table, files under its own prefix, tells the watchers, and publishes to topics. */
export function processorPermissions({ util }: Platform, resources: ProcessorResources): Permission[] {
  const { table, bucket, filesPrefix, queueArn, busArn, postArn } = resources;
  return [
    // In batches as well, for actions that keep many items in the table: it permits nothing that one item at a time does not.
    { actions: [...ITEM_ACTIONS, ...BATCH_ACTIONS], resources: [table.arn] },
    { actions: ["s3:GetObject", "s3:PutObject"], resources: [util.interpolate`${bucket.arn}/${filesPrefix}*`] },
    { actions: [...CONSUMER_ACTIONS, "sqs:ChangeMessageVisibility"], resources: [queueArn] },
    putEvents(busArn, TOPIC_DETAIL_TYPE),
    { actions: ["execute-api:ManageConnections"], resources: [postArn] },
  ];
}

export interface SweeperResources {
  readonly table: Table;
  readonly busArn: Output<string>;
  readonly postArn: Output<string>;
}

/** Finds open requests by one index and reads them, moves them on, has their events sent again, and tells the watchers. */
export function sweeperPermissions({ util }: Platform, { table, busArn, postArn }: SweeperResources): Permission[] {
  return [
    {
      // Deleting: the records of connections that are gone.
      actions: ["dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"],
      resources: [table.arn],
    },
    { actions: ["dynamodb:Query"], resources: [util.interpolate`${table.arn}/index/gsi4`] },
    putEvents(busArn, EVENT_DETAIL_TYPE),
    { actions: ["execute-api:ManageConnections"], resources: [postArn] },
  ];
}

export interface NotifierResources {
  readonly table: Table;
  readonly queueArn: Output<string>;
  readonly busArn: Output<string>;
  readonly postArn: Output<string>;
}

/** Takes messages of its queue, finds who is subscribed, tells them, removes those that are gone, and has the others told that they left. */
export function notifierPermissions({ table, queueArn, busArn, postArn }: NotifierResources): Permission[] {
  return [
    // Whether those who came and left are still there is read by key.
    { actions: ["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:DeleteItem"], resources: [table.arn] },
    { actions: CONSUMER_ACTIONS, resources: [queueArn] },
    putEvents(busArn, TOPIC_DETAIL_TYPE),
    { actions: ["execute-api:ManageConnections"], resources: [postArn] },
  ];
}

/** Every function's own: its log, and X-Ray, which knows no resources. */
export function commonPermissions(logGroupArn: Input<string>, { util }: Platform): Permission[] {
  return [
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [util.interpolate`${logGroupArn}:*`] },
    { actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] },
  ];
}

/**
 * Putting events of one kind on the bus: whoever publishes to topics must not be able to make a request start, or seem to have ended.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
 */
function putEvents(busArn: Output<string>, detailType: string): Permission {
  return {
    actions: ["events:PutEvents"],
    resources: [busArn],
    conditions: [{ test: "StringEquals", variable: "events:detail-type", values: [detailType] }],
  };
}

/** What Lambda's mapping of a queue does with the function's role. */
const CONSUMER_ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

const ITEM_ACTIONS = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"];
const BATCH_ACTIONS = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"];
