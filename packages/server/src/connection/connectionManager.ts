import type { Logger } from "@aws-lambda-powertools/logger";
import { encodeServerMessage, MAX_MESSAGE_BYTES, systemClock } from "@streamer/protocol";
import type { Clock, ServerMessage } from "@streamer/protocol";
import type { ConnectionStore } from "../table/connectionStore.ts";
import { createApiCalls } from "./apiCalls.ts";
import type { ApiCallsConfig } from "./apiCalls.ts";
import { createBackoff } from "./backoff.ts";
import type { BackoffConfig } from "./backoff.ts";
import { createBreaker } from "./breaker.ts";
import type { BreakerConfig, BreakerState, CallResult } from "./breaker.ts";
import { noMetrics } from "./connectionMetrics.ts";
import type { ConnectionMetrics } from "./connectionMetrics.ts";
import { ConnectionManagerClosedError, ConnectionNotFoundError, ConnectionStaleError, SendFailedError } from "./errors.ts";
import { createConnectionHealth } from "./health.ts";
import type { HealthConfig } from "./health.ts";
import { inWorkers } from "./inWorkers.ts";
import type { ManagementApi } from "./managementApi.ts";
import { createOperations } from "./operations.ts";

/** What became of one send. */
export type SendResult =
  | { readonly status: "sent" }
  | { readonly status: "gone"; readonly error: ConnectionStaleError | ConnectionNotFoundError }
  | { readonly status: "failed"; readonly error: SendFailedError };

/** How a message is sent. */
export interface SendOptions {
  /**
   * Asked at back-pressure (429): a message that a newer one replaces is dropped, any other is tried again until the limit of
   * `backPressureRetries`. Default: never.
   */
  readonly droppable?: () => boolean;
  /** The message as JSON, when the caller has written it: it is sent as it is, and neither checked nor written again. */
  readonly text?: string;
  /** A broadcast tries unhealthy connections too: for a message after which none comes. Default false. */
  readonly last?: boolean;
  /** Of the work that sends: it carries the correlation id. Default: the manager's. */
  readonly logger?: Pick<Logger, "debug" | "warn" | "error">;
}

/** Sends to connections. Nothing here throws for a connection's sake: each send has its own result. */
export interface ConnectionManager {
  /**
   * Posts to one connection; transient failures are tried again, 410 removes the connection's record.
   *
   * @throws {ConnectionManagerClosedError} after `close`, like all that follow.
   */
  send(connectionId: string, message: ServerMessage, options?: SendOptions): Promise<SendResult>;
  /** Posts one message to many: encoded once, some at a time, one result each. Unhealthy connections are skipped. */
  broadcast(connectionIds: readonly string[], message: ServerMessage, options?: SendOptions): Promise<ReadonlyMap<string, SendResult>>;
  /** Asks API Gateway whether the connection is open; removes the record of one that is not. @throws {SendFailedError} when there is no answer. */
  isActive(connectionId: string): Promise<boolean>;
  /** Closes a connection from the server. No error when it is gone already. @throws {SendFailedError} when it could not be closed. */
  disconnect(connectionId: string): Promise<void>;
  /** Of the breaker around the API: `open` means that nothing is sent to anybody. */
  readonly breakerState: BreakerState;
  /** Resolves when what is under way has ended; what has not after `timeoutMs` is aborted. @returns how many operations were aborted. */
  drain(timeoutMs: number): Promise<number>;
  /** Takes no more work, drains, and gives up the sockets. `timeoutMs`: default 5,000. @returns how many operations were aborted. */
  close(timeoutMs?: number): Promise<number>;
}

/** How sends are tried again, bounded and given up. Every part has a default. */
export interface ConnectionManagerConfig extends ApiCallsConfig, BackoffConfig {
  /**
   * Posts of a broadcast that are under way together. Default 25 (S-038).
   *
   * Measured with `node --conditions=@streamer/source test/bench/broadcast/measure.ts`; see packages/docs/connection-manager.md.
   */
  readonly broadcastConcurrency?: number;
  readonly breaker?: BreakerConfig;
  readonly health?: HealthConfig;
}

/** What a connection manager needs of the world. */
export interface ConnectionManagerDeps {
  readonly managementApi: ManagementApi;
  readonly connections: Pick<ConnectionStore, "delete">;
  readonly logger: Pick<Logger, "debug" | "warn" | "error">;
  /** 0 ≤ n < 1, for the jitter. */
  readonly random: () => number;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: none are kept. */
  readonly metrics?: ConnectionMetrics;
}

const DEFAULT_BROADCAST_CONCURRENCY = 25;
const DEFAULT_CLOSE_TIMEOUT_MS = 5_000;

/**
 * The connection manager over an API that posts. One for each sandbox: the breaker and the health of connections are its memory.
 */
export function createConnectionManager(config: ConnectionManagerConfig, deps: ConnectionManagerDeps): ConnectionManager {
  const { managementApi, connections, logger, random, clock = systemClock, metrics = noMetrics } = deps;
  const breaker = createBreaker(config.breaker ?? {}, (state) => {
    metrics.breaker(state);
    logger.warn("The breaker around the management API changed.", { operation: "send", state });
  });
  const calls = createApiCalls(config, { breaker, clock, backoff: createBackoff(config, random) });
  const health = createConnectionHealth(config.health ?? {}, clock);
  const operations = createOperations(clock);
  let closed = false;

  const operation = async <T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> => {
    if (closed) throw new ConnectionManagerClosedError();
    return operations.run(work);
  };

  /** One call for one connection, and what is learned from it. */
  const call = async (
    connectionId: string,
    run: (signal: AbortSignal) => Promise<void>,
    stop: AbortSignal,
    { keep, log }: { readonly keep: () => boolean; readonly log: Pick<Logger, "warn"> },
  ): Promise<CallResult> => {
    const result = await calls(run, { stop, keep });
    health.record(connectionId, result.kind);
    if (result.kind !== "gone") return result;
    try {
      await connections.delete(connectionId);
    } catch (error) {
      // The record's TTL removes it later.
      log.warn("The record of a gone connection could not be removed.", {
        operation: "send",
        connection_id: connectionId,
        error: error as Error,
      });
    }
    return result;
  };

  /** The frame, unless it is over what API Gateway would take. */
  const encode = (message: ServerMessage, { text, logger: log = logger }: SendOptions): string | undefined => {
    const data = text ?? encodeServerMessage(message);
    const sizeBytes = Buffer.byteLength(data);
    if (sizeBytes <= MAX_MESSAGE_BYTES) return data;
    log.error("A message is over 128 KB and is not sent.", { operation: "send", message_type: message.type, size_bytes: sizeBytes });
    return undefined;
  };

  const post = async (connectionId: string, data: string | undefined, stop: AbortSignal, options: SendOptions, skip: boolean) => {
    const { droppable = () => false, logger: log = logger } = options;
    const startedAt = clock.monotonic();
    const result = await (async (): Promise<SendResult> => {
      const failed = (kind: SendFailedError["kind"], cause?: unknown): SendResult => ({
        status: "failed",
        error: new SendFailedError(connectionId, kind, cause === undefined ? {} : { cause }),
      });
      if (data === undefined) return failed("too_large");
      if (health.isGone(connectionId)) return { status: "gone", error: new ConnectionNotFoundError(connectionId) };
      if (skip && !health.mayTry(connectionId)) return failed("unhealthy");
      const run = (signal: AbortSignal): Promise<void> => managementApi.post(connectionId, data, signal);
      const called = await call(connectionId, run, stop, { keep: () => !droppable(), log });
      if (called.kind === "ok") return { status: "sent" };
      if (called.kind === "gone") return { status: "gone", error: new ConnectionStaleError(connectionId, { cause: called.cause }) };
      return failed(called.kind, called.cause);
    })();
    const outcome = outcomeOf(result);
    const latencyMs = clock.monotonic() - startedAt;
    metrics.send(outcome, latencyMs);
    log.debug("A send ended.", { operation: "send", connection_id: connectionId, outcome, duration_ms: Math.round(latencyMs) });
    return result;
  };

  return {
    send: (connectionId, message, options = {}) => operation((stop) => post(connectionId, encode(message, options), stop, options, false)),

    broadcast: (connectionIds, message, options = {}) =>
      operation(async (stop) => {
        // Each has its place before its result is known: the results are in the order of the ids.
        const results = new Map<string, SendResult | undefined>(connectionIds.map((id) => [id, undefined]));
        if (results.size === 0) return new Map<string, SendResult>();
        const startedAt = clock.monotonic();
        const data = encode(message, options);
        await inWorkers(config.broadcastConcurrency ?? DEFAULT_BROADCAST_CONCURRENCY, [...results.keys()], async (id) => {
          results.set(id, await post(id, data, stop, options, options.last !== true));
        });
        metrics.broadcast(results.size, clock.monotonic() - startedAt);
        return results as ReadonlyMap<string, SendResult>;
      }),

    isActive: (connectionId) =>
      operation(async (stop) => {
        const run = (signal: AbortSignal): Promise<void> => managementApi.get(connectionId, signal);
        const result = await call(connectionId, run, stop, { keep: () => true, log: logger });
        logger.debug("A connection was asked for.", { operation: "send", connection_id: connectionId, outcome: result.kind });
        if (result.kind === "ok" || result.kind === "gone") return result.kind === "ok";
        throw new SendFailedError(connectionId, result.kind, { cause: result.cause });
      }),

    disconnect: (connectionId) =>
      operation(async (stop) => {
        const run = (signal: AbortSignal): Promise<void> => managementApi.disconnect(connectionId, signal);
        const result = await call(connectionId, run, stop, { keep: () => true, log: logger });
        logger.debug("A connection was closed by the server.", {
          operation: "disconnect",
          connection_id: connectionId,
          outcome: result.kind,
        });
        if (result.kind !== "ok" && result.kind !== "gone") throw new SendFailedError(connectionId, result.kind, { cause: result.cause });
      }),

    get breakerState() {
      return breaker.state;
    },

    drain: (timeoutMs) => operations.drain(timeoutMs),

    async close(timeoutMs = DEFAULT_CLOSE_TIMEOUT_MS) {
      closed = true;
      const aborted = await operations.drain(timeoutMs);
      managementApi.close();
      return aborted;
    },
  };
}

function outcomeOf(result: SendResult) {
  if (result.status === "sent") return "sent";
  if (result.status === "failed") return result.error.kind;
  return result.error instanceof ConnectionNotFoundError ? "not_found" : "gone";
}
