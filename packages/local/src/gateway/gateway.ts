import type { Closing } from "./closings.ts";
import { CLOSED_ABNORMALLY, GOING_AWAY } from "./closings.ts";
import { openConnection } from "./connection.ts";
import type { ConnectionInfo, ConnectionRules } from "./connection.ts";
import { createProxyEvents } from "./events.ts";
import { closeServer, createRequestHandler, listen } from "./httpServer.ts";
import { createIntegrations } from "./integrations.ts";
import { createLifetimes } from "./lifetimes.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { createManagementApi } from "./managementApi.ts";
import { createMessageHandler } from "./messages.ts";
import { createRegistry } from "./registry.ts";
import { createTasks, doneWithin } from "./tasks.ts";
import type { Gateway, GatewayOptions } from "./types.ts";
import { createUpgrader } from "./upgrade.ts";

export { NotLoopbackError, PortTakenError } from "./errors.ts";
export type { Gateway, GatewayOptions } from "./types.ts";

/**
 * Starts a WebSocket API that behaves like Amazon API Gateway's, with its management API (`@connections`), on one loopback port.
 *
 * @throws PortTakenError when the port is in use, NotLoopbackError when `host` is reachable from other machines.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { stage = "local", host = "127.0.0.1", clock, newId, logger, faults, observer } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { server, port } = await listen(host, options.port);
  const domainName = `${host.includes(":") ? `[${host}]` : host}:${port}`;

  const tasks = createTasks(logger);
  const requests = createTasks(logger);
  const connections = createRegistry();
  const lifetimes = createLifetimes(connections, clock);
  const events = createProxyEvents({ stage, domainName, clock, newId });
  const integrations = createIntegrations({ routes: options.routes, timeoutMs: limits.integrationTimeoutMs, clock, tasks, logger });
  const handleMessage = createMessageHandler({ integrations, events, maxMessageBytes: limits.maxMessageBytes, logger });
  const disconnect = async (info: ConnectionInfo, closing: Closing): Promise<void> => {
    await integrations.invoke("$disconnect", events.disconnect(info, closing));
  };
  const rules: ConnectionRules = {
    clock,
    limits,
    faults,
    onMessage: (from, text) => tasks.add(handleMessage(from, text)),
    onClose(from, closing) {
      connections.remove(from.id);
      observer?.onConnections();
      tasks.add(disconnect(from, closing));
    },
  };
  const upgrader = createUpgrader({
    path: `/${stage}`,
    integrations,
    events,
    clock,
    newId,
    limits,
    onOpen(info, socket, stream) {
      const connection = openConnection(rules, info, socket, stream);
      connections.add(connection);
      observer?.onConnections();
      lifetimes.watch();
    },
    onLost: (info) => disconnect(info, CLOSED_ABNORMALLY),
  });
  const managementApi = createManagementApi({ connections, limits, newId, faults, observer });
  const handleRequest = createRequestHandler({ stage, managementApi, fallback: options.fallback, newId, logger });
  server.on("request", (request, response) => requests.add(handleRequest(request, response)));
  server.on("upgrade", (request, socket, head) => tasks.add(upgrader.upgrade(request, socket, head)));

  const shutDown = async (): Promise<void> => {
    const halfGraceMs = limits.closeGraceMs / 2;
    upgrader.stop();
    lifetimes.stop();
    const closing = [...connections].map((connection) => connection.closed);
    for (const connection of connections) connection.close(GOING_AWAY);
    if (!(await doneWithin(halfGraceMs, Promise.all(closing)))) {
      for (const connection of connections) connection.terminate();
      await Promise.all(closing);
    }
    if (!(await doneWithin(halfGraceMs, tasks.idle()))) {
      logger.warn(`Functions still run ${limits.closeGraceMs} ms after the gateway was told to close; they are left behind`);
    }
    integrations.stop();
    await closeServer(server);
    // Their sockets are closed; what the fallback still does is not worth more than this.
    await doneWithin(halfGraceMs, requests.idle());
  };
  let closed: Promise<void> | undefined;

  return {
    port,
    websocketUrl: `ws://${domainName}/${stage}`,
    managementEndpoint: `http://${domainName}/${stage}`,
    get connectionCount() {
      return connections.size;
    },
    get openConnections() {
      return new Set([...connections].filter(({ open }) => open).map(({ id }) => id));
    },
    drop(connectionId) {
      const connection = connections.findOpen(connectionId);
      connection?.terminate();
      return connection !== undefined;
    },
    close: () => (closed ??= shutDown()),
  };
}
