import type { Logger } from "@aws-lambda-powertools/logger";
import { SUBPROTOCOL, systemClock, TOKEN_SUBPROTOCOL_PREFIX, UnauthorizedError } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { TokenVerifier } from "../auth/token.ts";
import { publishMeasured } from "../observability/measuring.ts";
import type { Measuring } from "../observability/measuring.ts";
import type { LifecycleMetricName } from "../observability/metrics.ts";
import { noTracer } from "../observability/tracing/tracer.ts";
import type { Tracer, TraceSegment } from "../observability/tracing/tracer.ts";
import { msSince } from "../observability/msSince.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import { createOriginCheck } from "./origins.ts";
import type { RouteHandler, RouteResult, WebSocketEvent } from "./webSocketEvent.ts";

export interface ConnectDeps extends Measuring<LifecycleMetricName> {
  readonly tokens: TokenVerifier;
  readonly connections: Pick<ConnectionStore, "save">;
  readonly logger: Logger;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, "monotonic">;
  /** Origins whose pages may connect, such as `https://app.example.com`. Default, and when empty: any. */
  readonly allowedOrigins?: readonly string[];
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
}

/**
 * Decides whether a connection is let in. 200: it is stored, and the subprotocol is chosen. 400: none of the offered subprotocols is
 * ours. 401: no acceptable token. 403: a page of another origin. 500: something of ours failed.
 *
 * @throws {TypeError} when an allowed origin is none.
 */
export function createConnectHandler(deps: ConnectDeps): RouteHandler {
  const { tokens, connections, logger, clock = systemClock, allowedOrigins = [], tracer = noTracer } = deps;
  const isAllowed = createOriginCheck(allowedOrigins);
  const connect = async (event: WebSocketEvent, segment: TraceSegment): Promise<RouteResult> => {
    const { connectionId, domainName, stage, identity } = event.requestContext;
    const log = logger.createChild();
    log.appendKeys({ connection_id: connectionId, operation: "connect", correlation_id: crypto.randomUUID() });
    const startedAt = clock.monotonic();
    const took = (): { readonly duration_ms: number } => ({ duration_ms: msSince(clock, startedAt) });
    segment.annotate({ connection_id: connectionId });
    try {
      if (!isAllowed(header(event, "origin"))) {
        log.info("A connection was refused: the page's origin is not on the list.", took());
        return { statusCode: 403 };
      }
      const offered = offeredSubprotocols(header(event, "sec-websocket-protocol"));
      if (offered.length > 0 && !offered.includes(SUBPROTOCOL)) {
        log.info("A connection was refused: no subprotocol of ours is offered.", took());
        return { statusCode: 400 };
      }
      const user = await tracer.segment("authenticate", () => tokens.verify(tokenOf(event, offered)));
      segment.annotate({ user_id: user.userId, tenant_id: user.tenantId });
      log.appendKeys({ user_id: user.userId, tenant_id: user.tenantId });
      await connections.save({
        connectionId,
        tenantId: user.tenantId,
        userId: user.userId,
        permissions: user.permissions,
        endpoint: `${domainName}/${stage}`,
        tokenExpiresAt: user.expiresAt,
        userAgent: header(event, "user-agent"),
        ipAddress: identity?.sourceIp,
      });
      log.info("A connection was opened.", took());
      // A client that offers subprotocols must be given one of them, or it closes the connection.
      return offered.length === 0 ? { statusCode: 200 } : { statusCode: 200, headers: { "Sec-WebSocket-Protocol": SUBPROTOCOL } };
    } catch (error) {
      segment.fail(error);
      if (error instanceof UnauthorizedError) {
        log.info("A connection was refused.", { code: error.code, reason: reasonOf(error), ...took() });
        return { statusCode: 401 };
      }
      log.error("A connection could not be opened.", { ...took(), error: error as Error });
      return { statusCode: 500 };
    }
  };

  return async (event) => {
    const result = await tracer.segment("connect", (segment) => connect(event, segment));
    deps.addMetric?.(result.statusCode === 200 ? "ConnectionsPerMinute" : "ConnectionsRefused", 1);
    if (result.statusCode === 401) deps.addMetric?.("AuthenticationFailures", 1);
    await publishMeasured(deps, logger);
    return result;
  };
}

function tokenOf(event: WebSocketEvent, offered: readonly string[]): string {
  const entry = offered.find((candidate) => candidate.startsWith(TOKEN_SUBPROTOCOL_PREFIX));
  const token = entry?.slice(TOKEN_SUBPROTOCOL_PREFIX.length) ?? event.queryStringParameters?.["Authorization"];
  if (token === undefined || token === "") throw new UnauthorizedError({ cause: new Error("no token") });
  return token;
}

function offeredSubprotocols(value: string | undefined): readonly string[] {
  return (value ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** Header names come in any case. */
function header(event: WebSocketEvent, name: string): string | undefined {
  return Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** The library's error code, such as ERR_JWT_EXPIRED: never its text, which may quote the token. */
function reasonOf(error: UnauthorizedError): string {
  const code: unknown = (error.cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "not acceptable";
}
