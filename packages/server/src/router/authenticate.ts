import { UnauthorizedError } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import type { TokenVerifier } from "../auth/token.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import type { Routed } from "./routed.ts";

export interface AuthenticateDeps {
  readonly tokens: TokenVerifier;
  readonly connections: Pick<ConnectionStore, "renew">;
}

type AuthenticateMessage = Extract<Routed["message"], { type: "authenticate" }>;

/** Takes a fresh token of the same user for a live connection. @throws {UnauthorizedError} for any other. */
export async function authenticate({ message, connection }: Routed<AuthenticateMessage>, deps: AuthenticateDeps): Promise<ServerMessage> {
  const identity = await deps.tokens.verify(message.token);
  if (identity.userId !== connection.userId || identity.tenantId !== connection.tenantId) {
    throw new UnauthorizedError({ details: { reason: "the token is of another user or tenant" } });
  }
  const renewed = await deps.connections.renew(connection.connectionId, identity);
  if (!renewed) throw new UnauthorizedError({ details: { reason: "the connection is gone" } });
  return { type: "authenticated", expires_at: identity.expiresAt };
}
