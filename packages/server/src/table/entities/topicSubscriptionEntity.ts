import { Entity } from "electrodb";
import { CASING, SERVICE } from "./model.ts";
import type { TableConfig } from "./model.ts";

/** A connection that hears the events of a topic. */
export function createTopicSubscriptionEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "topic_subscription", version: "1", service: SERVICE },
      attributes: {
        tenant_id: { type: "string", required: true },
        /** The topic within its tenant (`topicKey`). */
        topic_key: { type: "string", required: true },
        connection_id: { type: "string", required: true },
        user_id: { type: "string", required: true },
        /** Whether others are told that it came, and that it left. */
        presence: { type: "boolean", required: true },
        /** Unix seconds, as the two that follow. */
        since: { type: "number", required: true },
        /** The end of the token that was checked: from then on nothing is sent, until another is. */
        authorized_until: { type: "number", required: true },
        expires_at: { type: "number", required: true },
      },
      indexes: {
        primary: {
          pk: { field: "pk", composite: ["tenant_id", "topic_key"], template: "topic#${tenant_id}#${topic_key}", casing: CASING },
          sk: { field: "sk", composite: ["connection_id"], template: "connection#${connection_id}", casing: CASING },
        },
        byConnection: {
          index: "gsi3",
          pk: { field: "gsi3pk", composite: ["connection_id"], template: "connection#${connection_id}", casing: CASING },
          sk: {
            field: "gsi3sk",
            composite: ["tenant_id", "topic_key"],
            template: "subscription#${tenant_id}#topic#${topic_key}",
            casing: CASING,
          },
        },
      },
    },
    { client, table: tableName },
  );
}
