import type { Logger } from "@aws-lambda-powertools/logger";
import type { ConnectionStore } from "../table/connectionStore.ts";
import type { ConnectionManager } from "./connectionManager.ts";

/**
 * Counts what one attempt posts to each connection, in memory, and adds it to the connections' records when the attempt is over: one
 * update for each watcher that is still there, however much it was sent (ADR 15).
 */
export interface PostedCounts {
  /** Sends as the manager does, and counts what arrived. */
  readonly connectionManager: Pick<ConnectionManager, "broadcast">;
  /**
   * Adds the counts to the records. A connection that has ended has none: its count goes to the log, under its `connection_id`, so that the
   * log's sum is true. Never throws: a count is not worth a request.
   */
  save(): Promise<void>;
}

/** What the counts need of the world. */
export interface PostedCountsDeps {
  readonly connectionManager: Pick<ConnectionManager, "broadcast">;
  readonly connections: Pick<ConnectionStore, "addPosted">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/** Updates under way together. */
const GROUP_SIZE = 25;

/** Counts of what is posted through a connection manager, saved when the work is done. */
export function createPostedCounts({ connectionManager, connections, logger }: PostedCountsDeps): PostedCounts {
  const counts = new Map<string, number>();
  const gone = new Set<string>();

  const saveOne = async (connectionId: string, messages: number): Promise<void> => {
    const fields = { operation: "measure", connection_id: connectionId, messages_sent: messages };
    try {
      // What is known to be gone costs no call.
      const added = !gone.has(connectionId) && (await connections.addPosted(connectionId, messages));
      if (!added) logger.info("Messages were sent to a connection that has ended since.", fields);
    } catch (error) {
      logger.warn("What was sent to a connection could not be counted on its record.", { ...fields, error: error as Error });
    }
  };

  return {
    connectionManager: {
      async broadcast(...args) {
        const results = await connectionManager.broadcast(...args);
        for (const [connectionId, { status }] of results) {
          if (status === "sent") counts.set(connectionId, (counts.get(connectionId) ?? 0) + 1);
          if (status === "gone") gone.add(connectionId);
        }
        return results;
      },
    },
    async save() {
      const entries = [...counts];
      counts.clear();
      for (let start = 0; start < entries.length; start += GROUP_SIZE) {
        await Promise.all(entries.slice(start, start + GROUP_SIZE).map(([id, messages]) => saveOne(id, messages)));
      }
    },
  };
}
