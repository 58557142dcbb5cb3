import { ForbiddenError, UnauthorizedError } from "@streamer/protocol";
import type { BatchMessage, Clock } from "@streamer/protocol";
import { msSince } from "../observability/msSince.ts";
import type { Connection } from "../table/connectionStore.ts";
import type { Guarded, Step } from "./routed.ts";

/** Refuses requests after the token's end. What already runs is still delivered. */
export function requireFreshToken(clock: Clock): Step<Guarded> {
  return ({ connection }, next) => {
    assertFreshToken(connection, clock);
    return next();
  };
}

/** @throws {UnauthorizedError} after the token's end. */
export function assertFreshToken({ tokenExpiresAt }: Connection, clock: Pick<Clock, "now">): void {
  if (tokenExpiresAt * 1000 <= clock.now()) throw new UnauthorizedError({ details: { reason: "the token has expired" } });
}

/** Refuses requests for which the token lacks a permission of the action. */
export const requirePermissions: Step<Guarded> = ({ action, connection }, next) => {
  const missing = action.permissions.filter((permission) => !connection.permissions.includes(permission));
  if (missing.length > 0) throw new ForbiddenError({ details: { missing } });
  return next();
};

/** One line per request, with how long it took. */
export function logRequests(clock: Clock): Step<Guarded> {
  return async ({ logger }, next) => {
    const startedAt = clock.monotonic();
    const reply = await next();
    const counts = reply.type === "batch" ? { counts: countItems(reply) } : {};
    logger.info("A request was answered.", { reply: reply.type, ...counts, duration_ms: msSince(clock, startedAt) });
    return reply;
  };
}

/** How many items have which status, are duplicates, or were refused with which code. */
function countItems({ items }: BatchMessage): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const kind = "error" in item ? item.error.code : item.duplicate === true ? "duplicate" : item.status;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
