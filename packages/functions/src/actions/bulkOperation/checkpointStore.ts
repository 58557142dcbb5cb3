import type { Clock } from "@streamer/protocol";
import { encodeKeyPart, TableError } from "@streamer/server";
import type { RequestRef, TableConfig } from "@streamer/server";
import { createCheckpointEntity } from "./entities.ts";
import { ITEM_TTL_SECONDS } from "./limits.ts";

/** How far a request's work has come. */
export interface Checkpoint {
  /** Batches that are done, counted from the first. */
  readonly batches: number;
  /** Places in the request of the items that the table did not take. */
  readonly unwritten: readonly number[];
}

/**
 * Why not `once` for each batch: a worker that dies within a step keeps all others from it until its time is certainly over, as a card must not
 * be charged twice. Here the same put twice is the same put, and the next attempt may go on at once.
 */
export interface CheckpointStore {
  /** `undefined` when no attempt has come so far. @throws {TableError} */
  read(request: RequestRef): Promise<Checkpoint | undefined>;
  /** @returns `false` when a later attempt has written one: this one has been overtaken. @throws {TableError} */
  save(request: RequestRef, attempt: number, checkpoint: Checkpoint): Promise<boolean>;
}

export function createCheckpointStore(config: TableConfig, clock: Pick<Clock, "now">): CheckpointStore {
  const entity = createCheckpointEntity(config);
  const keyOf = ({ tenantId, requestId }: RequestRef) => ({ tenant_id: encodeKeyPart(tenantId), request_id: requestId });
  return {
    async read(request) {
      try {
        const { data } = await entity.get(keyOf(request)).go({ consistent: true });
        return data === null ? undefined : { batches: data.batches, unwritten: data.unwritten };
      } catch (error) {
        throw new TableError("bulkCheckpoint.read", error);
      }
    },
    async save(request, attempt, { batches, unwritten }) {
      const expires_at = Math.floor(clock.now() / 1000) + ITEM_TTL_SECONDS;
      try {
        const answer = await entity
          .put({ ...keyOf(request), attempt, batches, unwritten: [...unwritten], expires_at })
          .where((field, { notExists, lte }) => `${notExists(field.attempt)} OR ${lte(field.attempt, attempt)}`)
          .go({ returnOnConditionCheckFailure: "all_old" });
        return !answer.rejected;
      } catch (error) {
        throw new TableError("bulkCheckpoint.save", error);
      }
    },
  };
}
