import { DEFAULT_RATE_LIMIT_MESSAGES, DEFAULT_RATE_LIMIT_WINDOW_MS, durationMs, RateLimitedError } from "@streamer/protocol";
import type { Duration } from "@streamer/protocol";
import type { RateWindow } from "../table/countMessage.ts";
import { MAX_TENANT_MESSAGES_PER_SECOND } from "../table/tenantRateStore.ts";

/** So many messages in each window of time; bad ones and heartbeats count too. */
export interface RateLimit {
  /** A whole number, at least 1. */
  readonly messages: number;
  readonly window: Duration;
}

/** How many messages may come in. Beyond a limit they are refused with `RATE_LIMITED`. */
export interface RateLimits {
  /**
   * For each connection. Default 100 messages in "10 seconds". It costs nothing beside the update that each message makes anyway, but
   * for one more when a window turns over.
   */
  readonly connection?: RateLimit | "unlimited";
  /**
   * For all connections of a tenant together, at most 1,000 messages a second. Default none: it costs one more update for each message,
   * refused ones included.
   */
  readonly tenant?: RateLimit;
}

/** The limits as the table counts them; `undefined` for one that does not hold. */
export interface RateWindows {
  readonly connection: RateWindow | undefined;
  readonly tenant: RateWindow | undefined;
}

/** @throws {RangeError} for a limit that cannot be counted. */
export function toRateWindows({ connection, tenant }: RateLimits = {}): RateWindows {
  const byDefault = { messages: DEFAULT_RATE_LIMIT_MESSAGES, windowMs: DEFAULT_RATE_LIMIT_WINDOW_MS };
  const windows = {
    connection: connection === "unlimited" ? undefined : connection === undefined ? byDefault : toWindow("connection", connection),
    tenant: tenant === undefined ? undefined : toWindow("tenant", tenant),
  };
  if (windows.tenant !== undefined && (windows.tenant.messages * 1000) / windows.tenant.windowMs > MAX_TENANT_MESSAGES_PER_SECOND) {
    throw new RangeError(
      `rateLimits.tenant: ${windows.tenant.messages} messages in ${windows.tenant.windowMs} ms are more than ${MAX_TENANT_MESSAGES_PER_SECOND} a second, ` +
        "which is what DynamoDB writes to the one item they are counted in. Lower the limit, or leave it out.",
    );
  }
  return windows;
}

function toWindow(name: keyof RateLimits, { messages, window }: RateLimit): RateWindow {
  const windowMs = durationMs(window);
  if (!Number.isSafeInteger(messages) || messages < 1)
    throw new RangeError(`rateLimits.${name}: messages ${messages} must be a whole number, at least 1.`);
  if (windowMs < 1) throw new RangeError(`rateLimits.${name}: the window "${window}" must be at least a millisecond.`);
  return { messages, windowMs };
}

/** @throws {RateLimitedError} when the window still has to end. */
export function assertNotLimited(limitedForMs: number | undefined): void {
  if (limitedForMs === undefined) return;
  throw new RateLimitedError({ details: { retry_after: Math.max(1, Math.ceil(limitedForMs / 1000)) } });
}
