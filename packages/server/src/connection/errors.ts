/** There is no such connection any more (410). Its record has been removed. */
export class ConnectionStaleError extends Error {
  override readonly name = "ConnectionStaleError";
  readonly connectionId: string;

  constructor(connectionId: string, options?: ErrorOptions) {
    super(`Connection ${connectionId} is gone.`, options);
    this.connectionId = connectionId;
  }
}

/** Nothing was sent: an earlier call found that there is no such connection. API Gateway does not give an id again. */
export class ConnectionNotFoundError extends Error {
  override readonly name = "ConnectionNotFoundError";
  readonly connectionId: string;

  constructor(connectionId: string) {
    super(`There is no connection ${connectionId}; nothing was sent.`);
    this.connectionId = connectionId;
  }
}

/** A message could not be sent to a connection that may still be there. The cause says why. */
export class SendFailedError extends Error {
  override readonly name = "SendFailedError";
  readonly connectionId: string;
  readonly kind: SendFailure;

  constructor(connectionId: string, kind: SendFailure, options?: ErrorOptions) {
    super(`Sending to connection ${connectionId} failed: ${kind}.`, options);
    this.connectionId = connectionId;
    this.kind = kind;
  }
}

/** The connection manager has been closed and takes no more work. Make another. */
export class ConnectionManagerClosedError extends Error {
  override readonly name = "ConnectionManagerClosedError";

  constructor() {
    super("The connection manager is closed: it sends nothing more. Make a new one.");
  }
}

/** What the management API answered, when it was neither yes nor 410. */
export type ApiFailure = "throttled" | "too_large" | "forbidden" | "unavailable";

/**
 * - `throttled`: 429, the rate or the client's buffer is at its limit: back-pressure, and waiting did not help
 * - `too_large`: 413, a defect of ours
 * - `forbidden`: 403 and what else the API refuses (4xx): a defect of the deployment or of ours, no better when tried again
 * - `unavailable`: 5xx or the network, after all retries
 * - `dropped`: 429, and a newer message replaces this one
 * - `circuit_open`: not tried, the API fails for all
 * - `unhealthy`: not tried, the last sends to this connection failed
 * - `timed_out`: not done within `sendTimeoutMs`
 * - `aborted`: `drain` or `close` waited no longer
 */
export type SendFailure = ApiFailure | "dropped" | "circuit_open" | "unhealthy" | "timed_out" | "aborted";

/** What an error of the management API means. Decided by the status code, never by text. */
export function classifyPostError(error: unknown): "gone" | ApiFailure {
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  switch (status) {
    case 410:
      return "gone";
    case 413:
      return "too_large";
    case 429:
      return "throttled";
    default:
      return status !== undefined && status >= 400 && status < 500 ? "forbidden" : "unavailable";
  }
}
