import type { TableConfig } from "@streamer/server";
import { Entity } from "electrodb";

const SERVICE = "streamer";
/** Keys keep their letters' case; ElectroDB lower-cases them unless told otherwise. */
const CASING = "none";

/**
 * An item of a tenant. Each is a partition of its own: in one partition a collection would take 1,000 writes a second at most, and one bulk
 * operation is faster than that. They are read by their ids; who wants to list a collection gives the entity an index.
 */
export function createBulkItemEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "bulk_item", version: "1", service: SERVICE },
      attributes: {
        /** Encoded (`encodeKeyPart`), so that no part of a key can hold the `#` between them. It comes from the token, never from the payload. */
        tenant_id: { type: "string", required: true },
        collection: { type: "string", required: true },
        item_id: { type: "string", required: true },
        /** JSON text: what is deep or has huge numbers would fail as attributes. */
        data: { type: "string", required: true },
        /** Seconds since 1970. */
        expires_at: { type: "number", required: true },
      },
      indexes: {
        primary: {
          pk: {
            field: "pk",
            composite: ["tenant_id", "collection", "item_id"],
            template: "item#${tenant_id}#${collection}#${item_id}",
            casing: CASING,
          },
          sk: { field: "sk", composite: [], template: "item", casing: CASING },
        },
      },
    },
    { client, table: tableName },
  );
}

/** How far a bulk operation has come, for the attempt that follows one that died. */
export function createCheckpointEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "bulk_checkpoint", version: "1", service: SERVICE },
      attributes: {
        tenant_id: { type: "string", required: true },
        request_id: { type: "string", required: true },
        /** Of the attempt that wrote it: one that was overtaken must not turn it back. */
        attempt: { type: "number", required: true },
        /** Batches that are done, counted from the first. */
        batches: { type: "number", required: true },
        /** Places in the request of the items that the table did not take. */
        unwritten: { type: "list", items: { type: "number" }, required: true },
        expires_at: { type: "number", required: true },
      },
      indexes: {
        primary: {
          pk: { field: "pk", composite: ["tenant_id", "request_id"], template: "bulk#${tenant_id}#${request_id}", casing: CASING },
          sk: { field: "sk", composite: [], template: "checkpoint", casing: CASING },
        },
      },
    },
    { client, table: tableName },
  );
}
