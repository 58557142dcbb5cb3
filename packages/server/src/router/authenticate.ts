import { ForbiddenError, UnauthorizedError } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import type { TokenVerifier } from "../auth/token.ts";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import type { TopicAccess } from "../topics/topicAccess.ts";
import type { Routed } from "./routed.ts";
import { renewTopics } from "./topics.ts";
import type { TopicDeps } from "./topics.ts";

export interface AuthenticateDeps extends Pick<TopicDeps, "topics" | "publisher"> {
  readonly tokens: TokenVerifier;
  readonly connections: Pick<ConnectionStore, "renew">;
  /** Tells of topics that the new token may not hear. */
  readonly connectionManager: Pick<ConnectionManager, "broadcast">;
}

type AuthenticateMessage = Extract<Routed["message"], { type: "authenticate" }>;

/** Takes a fresh token of the same user for a live connection, and for the topics it hears; those that the token may not hear it is told of. @throws {UnauthorizedError} for any other. */
export async function authenticate(
  { message, connection, logger }: Routed<AuthenticateMessage>,
  access: TopicAccess,
  deps: AuthenticateDeps,
): Promise<ServerMessage> {
  const identity = await deps.tokens.verify(message.token);
  if (identity.userId !== connection.userId || identity.tenantId !== connection.tenantId) {
    throw new UnauthorizedError({ details: { reason: "the token is of another user or tenant" } });
  }
  const renewed = await deps.connections.renew(connection.connectionId, identity);
  if (!renewed) throw new UnauthorizedError({ details: { reason: "the connection is gone" } });
  const error = new ForbiddenError().toBody();
  for (const topic of await renewTopics(connection, identity, access, deps))
    await deps.connectionManager.broadcast([connection.connectionId], { type: "error", topic, error }, { logger });
  return { type: "authenticated", expires_at: identity.expiresAt };
}
