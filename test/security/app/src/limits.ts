import type { RateLimits } from "@streamer/server";

export const CONNECTION_LIMIT = 60;
/** Less than three connections may send. */
export const TENANT_LIMIT = 130;

/** Their windows end in another century: what passes does not depend on how fast the machine is. */
export const rateLimits: RateLimits = {
  connection: { messages: CONNECTION_LIMIT, window: "1000000 hours" },
  tenant: { messages: TENANT_LIMIT, window: "1000000 hours" },
};
