import type { Clock } from "@streamer/protocol";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { ConnectionInfo, Identity } from "./connection.ts";
import { refuseUpgrade } from "./errors.ts";
import type { ProxyEvents } from "./events.ts";
import type { Integrations, Outcome } from "./integrations.ts";
import type { GatewayLimits } from "./types.ts";

/** Turns HTTP upgrade requests into WebSockets, if `$connect` agrees. Until then the connection is pending and nobody can find it. */
export interface Upgrader {
  /** Resolves when the request was refused, or its connection handed over. Never rejects. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Refuses all upgrades from now on, also pending ones, with 503. */
  stop(): void;
}

export interface UpgraderOptions {
  readonly path: string;
  readonly integrations: Integrations;
  readonly events: ProxyEvents;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits: GatewayLimits;
  /** Takes an upgraded socket, before its first bytes are read. */
  readonly onOpen: (info: ConnectionInfo, socket: WebSocket, stream: Duplex) => void;
  /** `$connect` succeeded, and there is no one to connect. */
  readonly onLost: (info: ConnectionInfo) => Promise<void>;
}

export function createUpgrader(options: UpgraderOptions): Upgrader {
  const { integrations, events, clock, newId, limits } = options;
  const subprotocols = new WeakMap<IncomingMessage, string>();
  // API Gateway offers no compression. `closeTimeout` is missing in the types of `ws`.
  const serverOptions = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.maxMessageBytes,
    closeTimeout: limits.closeGraceMs,
    // Only what `$connect` chose is echoed: with no choice browsers fail the connection, here as in AWS.
    handleProtocols: (_offered: Set<string>, request: IncomingMessage): string | false => subprotocols.get(request) ?? false,
  };
  const server = new WebSocketServer(serverOptions);
  let stopped = false;

  return {
    async upgrade(request, socket, head) {
      // A client that resets the connection while `$connect` runs; what then happens to the socket is seen below.
      socket.on("error", () => {});
      if (pathOf(request) !== options.path) return refuseUpgrade(socket, 403);
      if (!isHandshake(request)) return refuseUpgrade(socket, 400);
      if (stopped) return refuseUpgrade(socket, 503);

      const info: ConnectionInfo = { id: newId(), identity: identityOf(request), connectedAt: clock.now() };
      const outcome = await integrations.invoke("$connect", events.connect(info, request));
      const refusal = refusalStatus(outcome);
      if (refusal !== undefined) return refuseUpgrade(socket, refusal);

      const subprotocol = outcome.kind === "response" ? outcome.response.headers.get("sec-websocket-protocol") : undefined;
      if (subprotocol !== undefined) subprotocols.set(request, subprotocol);
      let opened = false;
      if (stopped) {
        refuseUpgrade(socket, 503);
      } else {
        // Calls back at once, or not at all when the client is gone.
        server.handleUpgrade(request, socket, head, (webSocket) => {
          opened = true;
          options.onOpen(info, webSocket, socket);
        });
      }
      if (!opened) await options.onLost(info);
    },
    stop() {
      stopped = true;
    },
  };
}

/** The status to refuse with, or undefined when `$connect` agreed. */
function refusalStatus(outcome: Outcome): number | undefined {
  if (outcome.kind !== "response") return 500;
  const { statusCode } = outcome.response;
  if (statusCode >= 200 && statusCode < 300) return undefined;
  return statusCode < 200 ? 500 : statusCode;
}

/** What `ws` will ask for, checked before a function runs for it. */
function isHandshake(request: IncomingMessage): boolean {
  const { "sec-websocket-key": key, "sec-websocket-version": version } = request.headers;
  return request.method === "GET" && key !== undefined && /^[+/0-9A-Za-z]{22}==$/.test(key) && version === "13";
}

function identityOf(request: IncomingMessage): Identity {
  const sourceIp = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const userAgent = request.headers["user-agent"];
  return userAgent === undefined ? { sourceIp } : { sourceIp, userAgent };
}

/** The path of a request, without its query. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?", 1)[0] ?? "";
}
