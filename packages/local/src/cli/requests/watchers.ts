import { systemClock } from "@streamer/protocol";

import {
  ConnectionNotFoundError,
  ConnectionStaleError,
  createConnectionManager,
  createConnectionStore,
  createDelivery,
  createPostedCounts,
  createSubscriptionStore,
} from "@streamer/server";
import type { RequestUpdate, StoredRequest } from "@streamer/server";
import type { Target } from "../target.ts";

/** Those who watch requests. */
export interface Watchers {
  /** Sends to all of a request's; what was sent is counted on their connections. Never throws. */
  readonly tell: (request: StoredRequest, message: RequestUpdate) => Promise<void>;
  /** What kept messages from watchers that may still be there. One that has left is as it should be. */
  readonly failures: readonly Error[];
}

export function createWatchers({ table, managementApi }: Pick<Target, "table" | "managementApi">): Watchers {
  const failures: Error[] = [];
  const note = (_message: unknown, ...extra: readonly unknown[]): void => {
    const [fields] = extra as readonly ({ readonly error?: unknown } | undefined)[];
    const error = fields?.error;
    if (!(error instanceof Error) || error instanceof ConnectionStaleError || error instanceof ConnectionNotFoundError) return;
    failures.push(error);
  };
  const silent = (): void => {};
  const silentLogger = { debug: silent, info: silent, warn: silent, error: silent };
  const connections = createConnectionStore(table, systemClock);
  const connectionManager = createConnectionManager({}, { managementApi, connections, logger: silentLogger, random: Math.random });
  const subscriptions = createSubscriptionStore(table);
  return {
    failures,
    async tell(request, message) {
      const posted = createPostedCounts({ connectionManager, connections, logger: silentLogger });
      const logger = { debug: silent, warn: note, error: note };
      // `last`: also connections that failed before, for another request, are tried.
      await createDelivery(request, { subscriptions, connectionManager: posted.connectionManager, logger }).deliver(message, {
        last: true,
      });
      await posted.save();
    },
  };
}
