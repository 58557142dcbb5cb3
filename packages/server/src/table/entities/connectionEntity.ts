import { Entity } from "electrodb";
import { CASING, MS_PADDING, SERVICE } from "./model.ts";
import type { TableConfig } from "./model.ts";

/** One open WebSocket and who is behind it. */
export function createConnectionEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "connection", version: "1", service: SERVICE },
      attributes: {
        connection_id: { type: "string", required: true },
        tenant_id: { type: "string", required: true },
        user_id: { type: "string", required: true },
        permissions: { type: "list", items: { type: "string" }, required: true },
        /** `domainName/stage` of the API the connection came in by (S-067). Posts go to the linked endpoint instead. */
        endpoint: { type: "string", required: true },
        connected_at: { type: "number", required: true, padding: MS_PADDING },
        last_ping_at: { type: "number", required: true },
        /** Unix seconds. */
        token_expires_at: { type: "number", required: true },
        metadata: {
          type: "map",
          properties: { user_agent: { type: "string" }, ip_address: { type: "string" } },
          required: true,
        },
        messages_received: { type: "number", required: true },
        /** The rate window: when it began, and how many messages came in it. */
        rate_window_started_at: { type: "number" },
        rate_window_messages: { type: "number" },
        /** Beside the answers: what processors and operators posted. Counted once per attempt (ADR 15), so it is not on every record. */
        messages_posted: { type: "number" },
        /** Partition of the work index (`activePartition`). Written once; a record of a version before it has none, and is not counted. */
        active: { type: "string" },
        expires_at: { type: "number", required: true },
      },
      indexes: {
        primary: {
          pk: { field: "pk", composite: ["connection_id"], template: "connection#${connection_id}", casing: CASING },
          sk: { field: "sk", composite: [], template: "connection", casing: CASING },
        },
        byUser: {
          index: "gsi1",
          pk: { field: "gsi1pk", composite: ["tenant_id", "user_id"], template: "user#${tenant_id}#${user_id}", casing: CASING },
          sk: {
            field: "gsi1sk",
            composite: ["connected_at", "connection_id"],
            template: "connection#${connected_at}#${connection_id}",
            casing: CASING,
          },
        },
        byTenant: {
          index: "gsi2",
          pk: { field: "gsi2pk", composite: ["tenant_id"], template: "tenant#${tenant_id}", casing: CASING },
          sk: {
            field: "gsi2sk",
            composite: ["connected_at", "connection_id"],
            template: "connection#${connected_at}#${connection_id}",
            casing: CASING,
          },
        },
        active: {
          index: "gsi4",
          condition: (attributes: { active?: string | undefined }) => attributes.active !== undefined,
          pk: { field: "gsi4pk", composite: ["active"], template: "${active}", casing: CASING },
          sk: { field: "gsi4sk", composite: ["connected_at"], template: "connected#${connected_at}", casing: CASING },
        },
      },
    },
    { client, table: tableName },
  );
}
