import type { Clock } from "@streamer/protocol";
import type { RouteKey } from "@streamer/server";
import type { IncomingMessage } from "node:http";
import type { Closing } from "./closings.ts";
import type { ConnectionInfo, Identity } from "./connection.ts";
import { eventHeaders, groupValues, lastValues } from "./headers.ts";
import type { MultiValues, SingleValues } from "./headers.ts";

interface RequestContext {
  readonly routeKey: RouteKey;
  readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
  readonly messageId?: string;
  readonly disconnectStatusCode?: number;
  readonly disconnectReason?: string;
  readonly extendedRequestId: string;
  /** `09/Feb/2024:18:11:43 +0000`. */
  readonly requestTime: string;
  readonly messageDirection: "IN";
  readonly stage: string;
  readonly connectedAt: number;
  readonly requestTimeEpoch: number;
  readonly identity: Identity;
  readonly requestId: string;
  readonly domainName: string;
  readonly connectionId: string;
  readonly apiId: string;
}

/**
 * What API Gateway gives to the Lambda of a WebSocket route.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-routes-integrations.html
 */
export interface ProxyEvent {
  readonly headers?: SingleValues;
  readonly multiValueHeaders?: MultiValues;
  readonly queryStringParameters?: SingleValues | null;
  readonly multiValueQueryStringParameters?: MultiValues | null;
  readonly requestContext: RequestContext;
  readonly body?: string;
  readonly isBase64Encoded: false;
}

export interface ProxyEvents {
  connect(connection: ConnectionInfo, request: IncomingMessage): ProxyEvent;
  message(connection: ConnectionInfo, body: string): ProxyEvent;
  disconnect(connection: ConnectionInfo, closing: Closing): ProxyEvent;
}

export interface ProxyEventsOptions {
  readonly stage: string;
  /** Host and port of the gateway. */
  readonly domainName: string;
  readonly clock: Clock;
  readonly newId: () => string;
}

const API_ID = "local";

/** Builds the events of one gateway's routes. */
export function createProxyEvents({ stage, domainName, clock, newId }: ProxyEventsOptions): ProxyEvents {
  const context = (
    connection: ConnectionInfo,
    kind: Pick<RequestContext, "routeKey" | "eventType" | "messageId" | "disconnectStatusCode" | "disconnectReason">,
  ): RequestContext => {
    const now = clock.now();
    const requestId = newId();
    return {
      ...kind,
      extendedRequestId: requestId,
      requestTime: formatRequestTime(now),
      messageDirection: "IN",
      stage,
      connectedAt: connection.connectedAt,
      requestTimeEpoch: now,
      identity: connection.identity,
      requestId,
      domainName,
      connectionId: connection.id,
      apiId: API_ID,
    };
  };

  return {
    connect(connection, request) {
      const multiValueHeaders = eventHeaders(request, connection.identity.sourceIp);
      const query = groupValues(queryOf(request));
      const hasQuery = Object.keys(query).length > 0;
      return {
        headers: lastValues(multiValueHeaders),
        multiValueHeaders,
        queryStringParameters: hasQuery ? lastValues(query) : null,
        multiValueQueryStringParameters: hasQuery ? query : null,
        requestContext: context(connection, { routeKey: "$connect", eventType: "CONNECT" }),
        isBase64Encoded: false,
      };
    },
    message: (connection, body) => ({
      requestContext: context(connection, { routeKey: "$default", eventType: "MESSAGE", messageId: newId() }),
      body,
      isBase64Encoded: false,
    }),
    disconnect(connection, { code, reason }) {
      // The request's own headers are gone by now: API Gateway sends these four.
      const headers = { Host: domainName, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": "" };
      return {
        headers,
        multiValueHeaders: groupValues(Object.entries(headers)),
        requestContext: context(connection, {
          routeKey: "$disconnect",
          eventType: "DISCONNECT",
          disconnectStatusCode: code,
          disconnectReason: reason,
        }),
        isBase64Encoded: false,
      };
    },
  };
}

function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? "";
  const start = url.indexOf("?");
  return new URLSearchParams(start === -1 ? "" : url.slice(start + 1));
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The time format of API Gateway's logs: `09/Feb/2024:18:11:43 +0000`. */
function formatRequestTime(epochMs: number): string {
  const date = new Date(epochMs);
  const day = String(date.getUTCDate()).padStart(2, "0");
  return `${day}/${MONTHS[date.getUTCMonth()] ?? ""}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
}
