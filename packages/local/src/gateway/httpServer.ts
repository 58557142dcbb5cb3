import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FORBIDDEN, INTERNAL, NotLoopbackError, PortTakenError, respondWithError } from "./errors.ts";
import type { ManagementApi } from "./managementApi.ts";
import { errorName } from "./tasks.ts";
import type { GatewayLogger, GatewayOptions } from "./types.ts";
import { pathOf } from "./upgrade.ts";

/** Longer than SDK clients keep idle sockets, so that a reused one is not closed under a request. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/**
 * A server that listens, with nobody to answer yet: add the listeners before the next turn of the event loop.
 *
 * @throws PortTakenError, NotLoopbackError, and what listening fails with otherwise.
 */
export async function listen(host: string, port: number): Promise<{ server: Server; port: number }> {
  if (host !== "localhost" && host !== "::1" && !/^127(\.\d{1,3}){3}$/.test(host)) throw new NotLoopbackError(host);
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // Other upgrades (HTTP/2 without TLS) are offers that may be ignored.
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === "websocket",
  });
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (error) {
    const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    throw taken ? new PortTakenError(port, host, { cause: error }) : error;
  }
  // A server on host and port has an address object, never a pipe's name.
  return { server, port: (server.address() as AddressInfo).port };
}

export interface RequestHandlerOptions {
  readonly stage: string;
  readonly managementApi: ManagementApi;
  readonly fallback: GatewayOptions["fallback"];
  readonly newId: () => string;
  readonly logger: GatewayLogger;
}

/** Answers plain HTTP requests: the management API, and whatever the fallback serves beside the stage's path. */
export function createRequestHandler(
  options: RequestHandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { stage, managementApi, fallback, newId, logger } = options;

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, first, second, id, ...rest] = pathOf(request).split("/");
    if (first !== stage && fallback !== undefined) return fallback(request, response);
    const isConnection = first === stage && (second === "@connections" || second === "%40connections");
    if (isConnection && id !== undefined && rest.length === 0) return managementApi(request, response, id);
    return respondWithError(response, FORBIDDEN, newId());
  };

  return async (request, response) => {
    try {
      await route(request, response);
    } catch (error) {
      // Who sent half a request will not read an answer.
      if (request.destroyed && !request.complete) return;
      logger.error("A request to the local gateway failed", { method: request.method, error: errorName(error) });
      if (response.headersSent) response.destroy();
      else respondWithError(response, INTERNAL, newId());
    }
  };
}

/** Stops listening and ends what HTTP connections are left. Resolves when all sockets are closed, upgraded ones too. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
