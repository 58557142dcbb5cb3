/** There is no such connection any more (410). Its record has been removed. */
export class ConnectionStaleError extends Error {
  override readonly name = "ConnectionStaleError";
  readonly connectionId: string;

  constructor(connectionId: string, options?: ErrorOptions) {
    super(`Connection ${connectionId} is gone.`, options);
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

/**
 * - `throttled`: 429, the rate or the client's buffer is at its limit: back-pressure, not to be answered by more sending
 * - `too_large`: 413, a defect of ours
 * - `forbidden`: 403 and what else the API refuses (4xx): a defect of the deployment or of ours, no better when tried again
 * - `unavailable`: 5xx or the network, after all retries
 */
export type SendFailure = "throttled" | "too_large" | "forbidden" | "unavailable";

/** What an error of the management API means. Decided by the status code, never by text. */
export function classifyPostError(error: unknown): "gone" | SendFailure {
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
