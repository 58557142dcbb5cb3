import type { Logger } from "@aws-lambda-powertools/logger";
import { byteLength, encodeServerMessage, MAX_MESSAGE_BYTES } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import { handleWhen, retry, ExponentialBackoff } from "cockatiel";
import type { ConnectionStore } from "../table/connectionStore.ts";
import { classifyPostError, ConnectionStaleError, SendFailedError } from "./errors.ts";
import type { ManagementApi } from "./managementApi.ts";

/** What became of one send. */
export type SendResult =
  | { readonly status: "sent" }
  | { readonly status: "gone"; readonly error: ConnectionStaleError }
  | { readonly status: "failed"; readonly error: SendFailedError };

/** Sends to connections. Nothing here throws for a connection's sake: each send has its own result. */
export interface ConnectionManager {
  /** Posts to one connection; transient failures are tried again, 410 removes the connection's record. */
  send(connectionId: string, message: ServerMessage): Promise<SendResult>;
  /** Posts one message to many: encoded once, in groups, one result each. */
  broadcast(connectionIds: readonly string[], message: ServerMessage): Promise<ReadonlyMap<string, SendResult>>;
  /** Asks API Gateway whether the connection is open; removes the record of one that is not. @throws {SendFailedError} when there is no answer. */
  isActive(connectionId: string): Promise<boolean>;
  /** Closes a connection from the server. No error when it is gone already. @throws {SendFailedError} when it could not be closed. */
  disconnect(connectionId: string): Promise<void>;
}

export interface ConnectionManagerConfig {
  /** Retries after the first try, on 5xx and network failures only. Default 3 (S-030). */
  readonly retries?: number;
  /** Delay before the first retry; doubles each time. Default 100 ms (S-031). */
  readonly minDelayMs?: number;
  /** Default 5,000 ms (S-032). */
  readonly maxDelayMs?: number;
  /** Posts of a broadcast that are under way together. Default 25 (S-038). */
  readonly broadcastGroupSize?: number;
}

export interface ConnectionManagerDeps {
  readonly managementApi: ManagementApi;
  readonly connections: Pick<ConnectionStore, "delete">;
  readonly logger: Pick<Logger, "warn" | "error">;
  /** 0 ≤ n < 1, for the jitter. */
  readonly random: () => number;
}

/** Retries of many senders must not fall on the same moment: ±25 % (S-033). */
const JITTER = 0.25;

export function createConnectionManager(config: ConnectionManagerConfig, deps: ConnectionManagerDeps): ConnectionManager {
  const { managementApi, connections, logger, random } = deps;
  const groupSize = config.broadcastGroupSize ?? 25;
  const policy = retry(
    handleWhen((error) => classifyPostError(error) === "unavailable"),
    {
      maxAttempts: config.retries ?? 3,
      backoff: new ExponentialBackoff<number>({
        initialDelay: config.minDelayMs ?? 100,
        maxDelay: config.maxDelayMs ?? 5_000,
        generator: (tries = 0, { initialDelay, maxDelay, exponent }) => {
          const delay = Math.min(maxDelay, initialDelay * exponent ** tries);
          return [delay * (1 - JITTER + 2 * JITTER * random()), tries + 1];
        },
      }),
    },
  );

  const gone = async (connectionId: string, cause: unknown): Promise<SendResult> => {
    try {
      await connections.delete(connectionId);
    } catch (error) {
      // The record's TTL removes it later.
      logger.warn("The record of a gone connection could not be removed.", { connection_id: connectionId, error: error as Error });
    }
    return { status: "gone", error: new ConnectionStaleError(connectionId, { cause }) };
  };

  const post = async (connectionId: string, data: string): Promise<SendResult> => {
    try {
      await policy.execute(() => managementApi.post(connectionId, data));
      return { status: "sent" };
    } catch (cause) {
      const kind = classifyPostError(cause);
      if (kind === "gone") return gone(connectionId, cause);
      return { status: "failed", error: new SendFailedError(connectionId, kind, { cause }) };
    }
  };

  /** The frame, unless it is over what API Gateway would take. */
  const encode = (message: ServerMessage): string | undefined => {
    const data = encodeServerMessage(message);
    if (byteLength(data) <= MAX_MESSAGE_BYTES) return data;
    logger.error("A message is over 128 KB and is not sent.", { message_type: message.type, size_bytes: byteLength(data) });
    return undefined;
  };
  const tooLarge = (connectionId: string): SendResult => ({ status: "failed", error: new SendFailedError(connectionId, "too_large") });

  return {
    async send(connectionId, message) {
      const data = encode(message);
      return data === undefined ? tooLarge(connectionId) : post(connectionId, data);
    },

    async broadcast(connectionIds, message) {
      const results = new Map<string, SendResult>();
      if (connectionIds.length === 0) return results;
      const data = encode(message);
      for (let start = 0; start < connectionIds.length; start += groupSize) {
        const group = connectionIds.slice(start, start + groupSize);
        const sends = group.map((id) => (data === undefined ? Promise.resolve(tooLarge(id)) : post(id, data)));
        for (const [index, result] of (await Promise.all(sends)).entries()) results.set(group[index] ?? "", result);
      }
      return results;
    },

    async isActive(connectionId) {
      try {
        await policy.execute(() => managementApi.get(connectionId));
        return true;
      } catch (error) {
        const kind = classifyPostError(error);
        if (kind !== "gone") throw new SendFailedError(connectionId, kind, { cause: error });
        await gone(connectionId, error);
        return false;
      }
    },

    async disconnect(connectionId) {
      try {
        await policy.execute(() => managementApi.disconnect(connectionId));
      } catch (error) {
        const kind = classifyPostError(error);
        if (kind !== "gone") throw new SendFailedError(connectionId, kind, { cause: error });
      }
    },
  };
}
