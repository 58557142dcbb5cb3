import { Entity } from "electrodb";
import { CASING, MS_PADDING, SERVICE } from "./model.ts";
import type { TableConfig } from "./model.ts";

/** How many messages the connections of a tenant sent in one window of time. */
export function createTenantRateEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "tenant_rate", version: "1", service: SERVICE },
      attributes: {
        tenant_id: { type: "string", required: true },
        /** Windows are the same for all connections: whole multiples of their length since 1970. */
        started_at: { type: "number", required: true, padding: MS_PADDING },
        messages: { type: "number" },
        expires_at: { type: "number", required: true },
      },
      indexes: {
        primary: {
          pk: { field: "pk", composite: ["tenant_id"], template: "tenant_rate#${tenant_id}", casing: CASING },
          sk: { field: "sk", composite: ["started_at"], template: "window#${started_at}", casing: CASING },
        },
      },
    },
    { client, table: tableName },
  );
}
