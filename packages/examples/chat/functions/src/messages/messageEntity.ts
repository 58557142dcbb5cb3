import type { TableConfig } from "@streamer/server";
import { Entity } from "electrodb";

/** Keys keep their letters' case; ElectroDB lower-cases them unless told otherwise. */
const CASING = "none";

/**
 * A message in Streamer's own table, beside the requests: one item each, a room is a partition. A partition takes 1,000 writes a second,
 * which is the most that one room can say.
 */
export function createMessageEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "chat_message", version: "1", service: "streamer" },
      attributes: {
        /** Encoded (`encodeKeyPart`), so that no part of a key can hold the `#` between them. It comes from the token, never from the payload. */
        tenant_id: { type: "string", required: true },
        room: { type: "string", required: true },
        /** Unix milliseconds in 15 digits, so that texts sort as numbers do. */
        sent_at: { type: "string", required: true },
        message_id: { type: "string", required: true },
        from: { type: "string", required: true },
        text: { type: "string", required: true },
        /** Seconds since 1970: the table's TTL. */
        expires_at: { type: "number", required: true },
      },
      indexes: {
        byRoom: {
          pk: { field: "pk", composite: ["tenant_id", "room"], template: "chat#${tenant_id}#${room}", casing: CASING },
          sk: { field: "sk", composite: ["sent_at", "message_id"], template: "${sent_at}#${message_id}", casing: CASING },
        },
      },
    },
    { client, table: tableName },
  );
}
