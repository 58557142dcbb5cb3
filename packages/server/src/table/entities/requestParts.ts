import { Entity } from "electrodb";
import { CASING, REQUEST_PARTITION, SEQUENCE_PADDING, SERVICE } from "./model.ts";
import type { TableConfig } from "./model.ts";

const identity = {
  tenant_id: { type: "string", required: true },
  request_id: { type: "string", required: true },
  expires_at: { type: "number", required: true },
} as const;

/** A payload too big for the request's own item, which every heartbeat would bill. JSON text: attributes refuse deep or huge numbers. */
export function createRequestPayloadEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "request_payload", version: "1", service: SERVICE },
      attributes: { ...identity, body: { type: "string", required: true } },
      indexes: { primary: { pk: REQUEST_PARTITION, sk: { field: "sk", composite: [], template: "payload", casing: CASING } } },
    },
    { client, table: tableName },
  );
}

/** A result too big for the request's own item. */
export function createRequestResultEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "request_result", version: "1", service: SERVICE },
      attributes: { ...identity, body: { type: "string", required: true } },
      indexes: { primary: { pk: REQUEST_PARTITION, sk: { field: "sk", composite: [], template: "result", casing: CASING } } },
    },
    { client, table: tableName },
  );
}

/** One stored progress update or chunk: append-only, numbered, each naming the one before it. */
export function createRequestUpdateEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "request_update", version: "1", service: SERVICE },
      attributes: {
        ...identity,
        sequence: { type: "number", required: true, padding: SEQUENCE_PADDING },
        /** The message as it is sent, JSON text. It holds sequence, previous and attempt. */
        body: { type: "string", required: true },
      },
      indexes: {
        primary: {
          pk: REQUEST_PARTITION,
          sk: { field: "sk", composite: ["sequence"], template: "update#${sequence}", casing: CASING },
        },
      },
    },
    { client, table: tableName },
  );
}

/** Who else watches a request. */
export function createSubscriptionEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "subscription", version: "1", service: SERVICE },
      attributes: { ...identity, connection_id: { type: "string", required: true } },
      indexes: {
        primary: {
          pk: REQUEST_PARTITION,
          sk: { field: "sk", composite: ["connection_id"], template: "subscription#${connection_id}", casing: CASING },
        },
        byConnection: {
          index: "gsi3",
          pk: { field: "gsi3pk", composite: ["connection_id"], template: "connection#${connection_id}", casing: CASING },
          sk: {
            field: "gsi3sk",
            composite: ["tenant_id", "request_id"],
            template: "subscription#${tenant_id}#${request_id}",
            casing: CASING,
          },
        },
      },
    },
    { client, table: tableName },
  );
}
