import { ForbiddenError, UnauthorizedError } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import type { Identity, TokenVerifier } from "../auth/token.ts";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import type { LifecycleMetricName } from "../observability/metrics.ts";
import type { Connection, ConnectionStore } from "../table/connectionStore.ts";
import type { TopicAccess } from "../topics/topicAccess.ts";
import type { Routed } from "./routed.ts";
import { renewTopics } from "./topics.ts";
import type { TopicDeps } from "./topics.ts";

export interface AuthenticateDeps extends Pick<TopicDeps, "topics" | "publisher"> {
  readonly tokens: TokenVerifier;
  readonly addMetric?: ((name: LifecycleMetricName, value: number) => void) | undefined;
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
  const identity = await verified(message.token, connection, deps);
  const renewed = await deps.connections.renew(connection.connectionId, identity);
  if (!renewed) throw new UnauthorizedError({ details: { reason: "the connection is gone" } });
  const error = new ForbiddenError().toBody();
  for (const topic of await renewTopics(connection, identity, access, deps))
    await deps.connectionManager.broadcast([connection.connectionId], { type: "error", topic, error }, { logger });
  return { type: "authenticated", expires_at: identity.expiresAt };
}

/** @throws {UnauthorizedError} for a token that is none, or of somebody else: counted. */
async function verified(token: string, { userId, tenantId }: Connection, { tokens, addMetric }: AuthenticateDeps): Promise<Identity> {
  try {
    const identity = await tokens.verify(token);
    if (identity.userId === userId && identity.tenantId === tenantId) return identity;
    throw new UnauthorizedError({ details: { reason: "the token is of another user or tenant" } });
  } catch (error) {
    if (error instanceof UnauthorizedError) addMetric?.("AuthenticationFailures", 1);
    throw error;
  }
}
