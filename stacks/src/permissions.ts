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

/** Deletes the connection, and finds and deletes its subscriptions. */
export function disconnectPermissions({ util }: Platform, table: Table): Permission[] {
  return [
    { actions: ["dynamodb:DeleteItem", "dynamodb:BatchWriteItem"], resources: [table.arn] },
    { actions: ["dynamodb:Query"], resources: [util.interpolate`${table.arn}/index/gsi3`] },
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
  uploadsPrefixes: readonly string[],
): Permission[] {
  const uploads = uploadsPrefixes.map((prefix) => util.interpolate`${bucket.arn}/${prefix}*`);
  return [
    // The lists of requests are found by user and by tenant, and then read.
    { actions: [...ITEM_ACTIONS, "dynamodb:BatchGetItem"], resources: [table.arn] },
    { actions: ["dynamodb:Query"], resources: ["gsi1", "gsi2"].map((index) => util.interpolate`${table.arn}/index/${index}`) },
    { actions: ["s3:GetObject"], resources: [util.interpolate`${bucket.arn}/*`] },
    // A statement without a resource is none.
    ...(uploads.length === 0 ? [] : [{ actions: ["s3:PutObject"], resources: uploads }]),
    { actions: ["execute-api:ManageConnections"], resources: [postArn] },
  ];
}

export interface ProcessorResources {
  readonly table: Table;
  readonly bucket: Bucket;
  readonly filesPrefix: string;
  readonly queueArn: Output<string>;
  readonly postArn: Output<string>;
}

/** Takes messages of its own queue, keeps requests in the table, files under its own prefix, and tells the watchers. */
export function processorPermissions({ util }: Platform, resources: ProcessorResources): Permission[] {
  const { table, bucket, filesPrefix, queueArn, postArn } = resources;
  return [
    { actions: ITEM_ACTIONS, resources: [table.arn] },
    { actions: ["s3:GetObject", "s3:PutObject"], resources: [util.interpolate`${bucket.arn}/${filesPrefix}*`] },
    {
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
      resources: [queueArn],
    },
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
    { actions: ["events:PutEvents"], resources: [busArn] },
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

const ITEM_ACTIONS = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"];
