import { ForbiddenError, UnauthorizedError } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { Guarded, Step } from "./routed.ts";

/** Refuses requests after the token's end. What already runs is still delivered. */
export function requireFreshToken(clock: Clock): Step<Guarded> {
  return ({ connection }, next) => {
    if (connection.tokenExpiresAt * 1000 <= clock.now()) throw new UnauthorizedError({ details: { reason: "the token has expired" } });
    return next();
  };
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
    logger.info("A request was answered.", { reply: reply.type, duration_ms: Math.round(clock.monotonic() - startedAt) });
    return reply;
  };
}
