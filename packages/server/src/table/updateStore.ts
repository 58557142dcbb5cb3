import { decodeServerMessage, encodeServerMessage } from "@streamer/protocol";
import type { UpdateMessage } from "@streamer/protocol";
import type { TableConfig } from "./entities/model.ts";
import { createRequestUpdateEntity } from "./entities/requestParts.ts";
import { tableCall } from "./errors.ts";
import { encodeKeyPart } from "./keys.ts";
import type { RequestRef } from "./storedRequest.ts";
import { checkItemBody } from "./tableFailure.ts";

/** The log of a request: every update that was flushed, in order, until the request's TTL. */
export interface UpdateStore {
  /** One put. `expiresAt` is the request's, in Unix seconds. `text`: of `encodeServerMessage`, when the caller has it. */
  put(ref: RequestRef, update: UpdateMessage, expiresAt: number, text?: string): Promise<void>;
  /**
   * Stored updates with a sequence over `after`, in order, strongly consistent. What this code cannot read, as a newer or older one may have
   * stored it, is left out: by the `previous` of the next it is known to be missing.
   */
  listAfter(ref: RequestRef, after: number, limit: number): Promise<readonly UpdateMessage[]>;
  /** The newest sequence; 0 when nothing is stored. */
  lastSequence(ref: RequestRef): Promise<number>;
}

/** The updates of requests in the table of `config`. */
export function createUpdateStore(config: TableConfig): UpdateStore {
  const updates = createRequestUpdateEntity(config);
  const key = (ref: RequestRef) => ({ tenant_id: encodeKeyPart(ref.tenantId), request_id: ref.requestId });
  return {
    async put(ref, update, expiresAt, text = encodeServerMessage(update)) {
      const item = { ...key(ref), sequence: update.sequence, body: text, expires_at: expiresAt };
      await tableCall("update.put", async () => {
        checkItemBody(item.body);
        await updates.put(item).go({ response: "none" });
      });
    },

    async listAfter(ref, after, limit) {
      const found: UpdateMessage[] = [];
      let from = after;
      for (;;) {
        const { data, cursor } = await tableCall("update.listAfter", () =>
          updates.query
            .primary(key(ref))
            .gt({ sequence: from })
            .go({ consistent: true, limit: limit - found.length }),
        );
        const readable = data.flatMap((item) => toUpdate(item.body) ?? []);
        found.push(...readable);
        const last = data.at(-1);
        // Whoever gets fewer than the limit takes it for the end of the log.
        if (cursor === null || last === undefined || readable.length === data.length) return found;
        from = last.sequence;
      }
    },

    async lastSequence(ref) {
      const { data } = await tableCall("update.lastSequence", () =>
        updates.query.primary(key(ref)).go({ consistent: true, order: "desc", limit: 1 }),
      );
      return data[0]?.sequence ?? 0;
    },
  };
}

function toUpdate(body: string): UpdateMessage | undefined {
  const decoded = decodeServerMessage(body);
  if (!decoded.ok || !("message" in decoded)) return undefined;
  const { message } = decoded;
  return message.type === "progress" || message.type === "chunk" ? message : undefined;
}
