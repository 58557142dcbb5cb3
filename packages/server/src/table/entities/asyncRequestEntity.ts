import { REQUEST_STATUSES } from "@streamer/protocol";
import { Entity } from "electrodb";
import { CASING, MS_PADDING, REQUEST_PARTITION, SERVICE } from "./model.ts";
import type { TableConfig } from "./model.ts";

/** One acknowledged request, from its acceptance to its outcome. Times are in ms since 1970, but for `expires_at`. */
export function createAsyncRequestEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "async_request", version: "1", service: SERVICE },
      attributes: {
        tenant_id: { type: "string", required: true },
        request_id: { type: "string", required: true },
        /** The tenant's message group in the queues (`tenantGroup`), so that a tenant with much work does not hold up the others. */
        tenant_group: { type: "string", required: true },
        user_id: { type: "string", required: true },
        /** The submitter's connection: it watches without a subscription. */
        connection_id: { type: "string", required: true },
        action: { type: "string", required: true },
        /** JSON text. Absent when it stands in an item of its own. */
        payload: { type: "string" },
        /** JSON text of a `StoredUpload`: where a payload is that was uploaded. */
        upload: { type: "string" },
        /** SHA-256 of the canonical payload, or of what was uploaded: tells a repeated submit from a different one under the same id. */
        payload_hash: { type: "string", required: true },
        /** JSON text, like all that clients and actions fill: maps refuse empty names, dates, depth and huge numbers. */
        metadata: { type: "string" },
        correlation_id: { type: "string", required: true },
        /** W3C trace context of the frame; older items have none. */
        traceparent: { type: "string" },
        status: { type: REQUEST_STATUSES, required: true },
        /** How often the work was started. The fence: only the attempt that stands here may renew or settle. */
        attempt: { type: "number", required: true },
        /** Attempts that do not count against the action's: those before an operator's redrive, and those that found a step still running. */
        uncounted_attempts: { type: "number" },
        created_at: { type: "number", required: true, padding: MS_PADDING },
        /** Since when it waits: its creation or its last redrive. */
        queued_at: { type: "number" },
        started_at: { type: "number" },
        ended_at: { type: "number" },
        lease_expires_at: { type: "number" },
        retry_at: { type: "number" },
        cancel_requested_at: { type: "number" },
        cancel_reason: { type: "string" },
        /** Partition of the work index (`workPartition`). Written and removed together with `due_at`, or the index would keep it. */
        work: { type: "string" },
        due_at: { type: "number", padding: MS_PADDING },
        /** How often the sweeper sent it again. */
        dispatches: { type: "number", required: true },
        last_progress: { type: "number" },
        last_message: { type: "string" },
        last_update: { type: "number" },
        /** The number of the last update that was stored when the three before were saved: tells what is missing from a log that was trimmed. */
        last_sequence: { type: "number" },
        /** JSON text of the result. Absent when it stands in an item of its own. */
        result: { type: "string" },
        /** JSON text of a `StoredObject`: where a result is that is too large for a message. */
        result_object: { type: "string" },
        /** JSON text of: JSON pointer in the result → key in the bucket. What is signed at each delivery. */
        result_files: { type: "string" },
        /** JSON text of `{ code, details? }`: what the client may know of a failure. */
        error: { type: "string" },
        /** Why the last attempt failed, for operators: never sent to a client. */
        failure_reason: { type: "string" },
        expires_at: { type: "number", required: true },
      },
      indexes: {
        primary: { pk: REQUEST_PARTITION, sk: { field: "sk", composite: [], template: "request", casing: CASING } },
        byUser: {
          index: "gsi1",
          pk: { field: "gsi1pk", composite: ["tenant_id", "user_id"], template: "user#${tenant_id}#${user_id}", casing: CASING },
          sk: { field: "gsi1sk", composite: ["created_at", "request_id"], template: "request#${created_at}#${request_id}", casing: CASING },
        },
        byTenant: {
          index: "gsi2",
          pk: { field: "gsi2pk", composite: ["tenant_id"], template: "tenant#${tenant_id}", casing: CASING },
          sk: { field: "gsi2sk", composite: ["created_at", "request_id"], template: "request#${created_at}#${request_id}", casing: CASING },
        },
        byConnection: {
          index: "gsi3",
          pk: { field: "gsi3pk", composite: ["connection_id"], template: "connection#${connection_id}", casing: CASING },
          sk: { field: "gsi3sk", composite: ["created_at", "request_id"], template: "request#${created_at}#${request_id}", casing: CASING },
        },
        work: {
          index: "gsi4",
          condition: (attributes: { work?: string | undefined }) => attributes.work !== undefined,
          pk: { field: "gsi4pk", composite: ["work"], template: "${work}", casing: CASING },
          // With text before it: a lone number would be stored as one, and the index's key is a string.
          sk: { field: "gsi4sk", composite: ["due_at"], template: "due#${due_at}", casing: CASING },
        },
      },
    },
    { client, table: tableName },
  );
}
