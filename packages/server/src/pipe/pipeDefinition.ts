import { TERMINAL_STATUSES } from "@streamer/protocol";
import { EVENT_DETAIL_TYPE, EVENT_SOURCE } from "./requestEvent.ts";
import type { EventPattern } from "./requestEvent.ts";

/** The one Pipe: from the table's stream to the bus. */
export interface PipeDefinition {
  readonly filters: readonly EventPattern[];
  /** Each field of the event's detail and the path of the stream record it is taken from. */
  readonly detail: Readonly<Record<string, string>>;
  readonly source: string;
  readonly detailType: string;
  /** Records a batch: PutEvents takes 10 entries. */
  readonly batchSize: number;
  /** After these a record goes to the dead letters: retries are otherwise infinite, and one poison record blocks its shard. */
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeSeconds: number;
}

const ENTITY = "async_request";
const OPEN = ["pending", "processing", "retrying"];

/** Transitions only: never heartbeats or updates. Patterns cannot compare the two images, so each names what tells them apart. */
const filters: readonly EventPattern[] = [
  { eventName: ["INSERT"], dynamodb: { NewImage: { __edb_e__: { S: [ENTITY] }, status: { S: ["pending"] } } } },
  transition([...TERMINAL_STATUSES], ["pending"]),
  transition(["processing"], ["retrying"]),
  transition(OPEN, [...TERMINAL_STATUSES]),
];

function transition(from: readonly string[], to: readonly string[]): EventPattern {
  return {
    eventName: ["MODIFY"],
    dynamodb: { OldImage: { status: { S: from } }, NewImage: { __edb_e__: { S: [ENTITY] }, status: { S: to } } },
  };
}

const image = (attribute: string, type: "S" | "N"): string => `$.dynamodb.NewImage.${attribute}.${type}`;

/** The one pipe from the table's stream to the bus: which changes pass, and what of them. */
export const pipeDefinition: PipeDefinition = {
  filters,
  detail: {
    request_id: image("request_id", "S"),
    tenant_id: image("tenant_id", "S"),
    tenant_group: image("tenant_group", "S"),
    user_id: image("user_id", "S"),
    action: image("action", "S"),
    status: image("status", "S"),
    attempt: image("attempt", "N"),
    correlation_id: image("correlation_id", "S"),
    // Of an item that is older than this field there is none, and the field is left out.
    traceparent: image("traceparent", "S"),
  },
  source: EVENT_SOURCE,
  detailType: EVENT_DETAIL_TYPE,
  batchSize: 10,
  maximumRetryAttempts: 3,
  maximumRecordAgeSeconds: 60 * 60,
};

/** The Pipe's input template: a JSON object whose values are paths; EventBridge puts the quotes. At most 8,192 characters. */
export function inputTemplate(definition: PipeDefinition): string {
  const fields = Object.entries(definition.detail).map(([field, path]) => `${JSON.stringify(field)}: <${path}>`);
  return `{${fields.join(", ")}}`;
}
