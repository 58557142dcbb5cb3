import type { Clock } from "@streamer/protocol";
import type { RouteKey } from "@streamer/server";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { GatewayFaults } from "./faults.ts";

/** Runs a Lambda: resolves with what the handler returned, rejects when it failed, timed out or crashed. */
export type InvokeFunction = (event: unknown) => Promise<unknown>;

/** What the gateway tells. Never a body, a header, a token or a result. */
export interface GatewayLogger {
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/**
 * API Gateway's quotas for WebSocket APIs, and two of our own. Lower them in tests only.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export interface GatewayLimits {
  /** Milliseconds without a message either way after which a connection is closed with 1001. Pings do not count. Default 10 minutes. */
  readonly idleTimeoutMs: number;
  /** The longest life of a connection in milliseconds; then it is closed with 1001. Default 2 hours. */
  readonly maxConnectionDurationMs: number;
  /** Milliseconds a route's function has to answer; then the client gets a gateway frame. Default 29 seconds. */
  readonly integrationTimeoutMs: number;
  /** The largest payload of one client frame in bytes; more closes with 1009. Default 32 KB. */
  readonly maxFrameBytes: number;
  /** The largest message either way in bytes: from a client more closes with 1009, to a client it is refused. Default 128 KB. */
  readonly maxMessageBytes: number;
  /** Bytes that may wait for a client that does not read; beyond, a post is answered with 429. AWS names no number. Default 1 MiB. */
  readonly maxBufferedBytes: number;
  /** Milliseconds `close()` waits for closing handshakes and running functions. Ours, measured in real time. Default 2 seconds. */
  readonly closeGraceMs: number;
}

export interface GatewayOptions {
  /** The function behind each route. */
  readonly routes: Readonly<Record<RouteKey, InvokeFunction>>;
  /** First part of the path, as the stage of an API. Default "local". */
  readonly stage?: string;
  /** A loopback address or "localhost". Default "127.0.0.1". */
  readonly host?: string;
  /** 0 to 65,535; 0 takes any free one. */
  readonly port: number;
  readonly clock: Clock;
  /** Makes connection, request and message ids. Must never return the same twice. */
  readonly newId: () => string;
  readonly limits?: Partial<GatewayLimits>;
  /** Serves plain HTTP requests that are not the API's (the console). Without it they get 403. */
  readonly fallback?: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  readonly logger: GatewayLogger;
  /** Default: none. */
  readonly faults?: GatewayFaults | undefined;
  /** Default: nobody. */
  readonly observer?: GatewayObserver | undefined;
}

/** Told of what the gateway does, and changes nothing about it. */
export interface GatewayObserver {
  /** A post was answered: with 200, or with what is wrong. */
  onPost(connectionId: string, data: Buffer, statusCode: number): void;
  /** A connection was opened or closed. */
  onConnections(): void;
}

export interface Gateway {
  readonly port: number;
  /** What clients connect to: `ws://127.0.0.1:4000/local`. */
  readonly websocketUrl: string;
  /** Endpoint of the management API's SDK client: `http://127.0.0.1:4000/local`. */
  readonly managementEndpoint: string;
  /** Connections whose `$connect` succeeded and that are not closed yet. */
  readonly connectionCount: number;
  /** Ids of those of them that can be sent to. */
  readonly openConnections: ReadonlySet<string>;
  /** Cuts a connection's socket without a close frame, as a network does. False when there is none that is open. */
  drop(connectionId: string): boolean;
  /** Closes all connections with 1001, waits for their `$disconnect` and for running functions, then stops listening. */
  close(): Promise<void>;
}
