import { decodeServerMessage, encodeServerMessage } from "@streamer/protocol";
import type { UpdateMessage } from "@streamer/protocol";
import type { TableConfig } from "./entities/model.ts";
import { createRequestUpdateEntity } from "./entities/requestParts.ts";
import { tableCall, TableError } from "./errors.ts";
import { encodeKeyPart } from "./keys.ts";
import type { RequestRef } from "./storedRequest.ts";

/** The log of a request: every update that was flushed, in order, until the request's TTL. */
export interface UpdateStore {
  /** One put. `expiresAt` is the request's, in Unix seconds. */
  put(ref: RequestRef, update: UpdateMessage, expiresAt: number): Promise<void>;
  /** Stored updates with a sequence over `after`, in order, strongly consistent. */
  listAfter(ref: RequestRef, after: number, limit: number): Promise<readonly UpdateMessage[]>;
  /** The newest sequence; 0 when nothing is stored. */
  lastSequence(ref: RequestRef): Promise<number>;
}

export function createUpdateStore(config: TableConfig): UpdateStore {
  const updates = createRequestUpdateEntity(config);
  const key = (ref: RequestRef) => ({ tenant_id: encodeKeyPart(ref.tenantId), request_id: ref.requestId });
  return {
    async put(ref, update, expiresAt) {
      const item = { ...key(ref), sequence: update.sequence, body: encodeServerMessage(update), expires_at: expiresAt };
      await tableCall("update.put", () => updates.put(item).go({ response: "none" }));
    },

    async listAfter(ref, after, limit) {
      const { data } = await tableCall("update.listAfter", () =>
        updates.query.primary(key(ref)).gt({ sequence: after }).go({ consistent: true, limit }),
      );
      return data.map((item) => toUpdate(item.body));
    },

    async lastSequence(ref) {
      const { data } = await tableCall("update.lastSequence", () =>
        updates.query.primary(key(ref)).go({ consistent: true, order: "desc", limit: 1 }),
      );
      return data[0]?.sequence ?? 0;
    },
  };
}

function toUpdate(body: string): UpdateMessage {
  const decoded = decodeServerMessage(body);
  if (decoded.ok && "message" in decoded && (decoded.message.type === "progress" || decoded.message.type === "chunk")) {
    return decoded.message;
  }
  throw new TableError("update.listAfter", new Error("a stored update is not a progress or chunk message"));
}
