import { MAX_FRAME_BYTES, RateLimitedError, SUBPROTOCOL, byteLength, decodeClientMessage, systemClock } from "@streamer/protocol";
import type { Action, Actions, StreamerError, TopicName } from "@streamer/protocol";
import { createClient } from "../../createClient.ts";
import type { CreateClientOptions, TypedClient } from "../../createClient.ts";
import { answerTo, subjectOf } from "./answers.ts";
import type { Subject } from "./answers.ts";
import { createNetwork } from "./network.ts";
import { createQueue } from "./queue.ts";
import type { RequestRecord } from "./requestRecord.ts";
import { createScripts } from "./scripts.ts";
import { createServerConnection, tokenOf } from "./testConnection.ts";
import type { ServerConnection, TestConnection } from "./testConnection.ts";
import { createTestFiles } from "./testFiles.ts";
import type { PublishOptions, TestHandler, TestServer, TestServerOptions } from "./testServer.ts";
import { DEFAULT_TENANT, createTestToken, identityOf } from "./testToken.ts";
import { createWebSocketClass } from "./testWebSocket.ts";
import type { ServerSocket, ServerSocketEvents } from "./testWebSocket.ts";
import { createTopics } from "./topics.ts";

const URL_OF_NOWHERE = "wss://streamer.test";

/**
 * Makes a server for the tests of code that uses a client: no socket, no process, no test runner needed.
 *
 * ```ts
 * const server = createTestServer({ actions });
 * server.on("generate_report", async (request) => {
 *   request.acknowledge();
 *   request.progress(50, "Half of it");
 *   request.complete({ url: "https://files.test/report.pdf" });
 * });
 * const report = server.client.generateReport.submit({ pages: 3 });
 * ```
 */
export function createTestServer<const App extends Actions = Actions>(options: TestServerOptions<App> = {}): TestServer<App> {
  const { clock = systemClock } = options;
  const definitions = new Map(Object.values<Action>(options.actions ?? {}).map((action) => [action.name, action]));
  const network = createNetwork(clock, options.latencyMs ?? 0);
  const files = createTestFiles(clock);
  const scripts = createScripts();
  const requests = new Map<string, RequestRecord>();
  const topics = createTopics({ clock, definitions: options.topics });
  const connections: ServerConnection[] = [];
  const opened = createQueue<TestConnection>();
  const clients: TypedClient<App>[] = [];
  const revoked = new Set<string>();
  let refusals = 0;
  let ignoring = false;
  let failing = 0;
  let limited = { count: 0, retryAfterSeconds: 0 };
  let upgrades = 0;
  let ids = 0;
  let tokens = 0;

  const deps = {
    clock,
    files,
    requests,
    topics,
    newId: () => `made-${(ids += 1)}`,
    definitionOf: (name: string) => definitions.get(name),
    isKnown: (name: string) => scripts.has(name),
    run: (request: RequestRecord) => scripts.run(request),
    isRevoked: (token: string) => revoked.has(token),
  };

  const onText = (connection: ServerConnection, text: string): void => {
    if (byteLength(text) > MAX_FRAME_BYTES) return connection.close(1009);
    const decoded = decodeClientMessage(text);
    if (decoded.ok) connection.note(decoded.message);
    if (failing > 0) {
      failing -= 1;
      return connection.sendText(JSON.stringify({ message: "Internal server error", connectionId: connection.id, requestId: "test" }));
    }
    const subject = decoded.ok ? subjectOf(decoded.message) : unreadSubject(decoded);
    const refuse = (error: StreamerError): void => connection.send({ type: "error", ...subject, error: error.toBody() });
    if (limited.count > 0) {
      limited.count -= 1;
      return refuse(new RateLimitedError({ details: { retry_after: limited.retryAfterSeconds } }));
    }
    if (!decoded.ok) return refuse(decoded.error);
    void answerTo(decoded.message, connection, deps);
  };

  const onUpgrade = (url: string, protocols: readonly string[], socket: ServerSocket): ServerSocketEvents | "refuse" | "ignore" => {
    if (ignoring) {
      ignoring = false;
      return "ignore";
    }
    const token = tokenOf(url, protocols);
    const unknownVersion = protocols.length > 0 && !protocols.includes(SUBPROTOCOL);
    const expired = token === undefined || revoked.has(token) || identityOf(token).expiresAt * 1000 <= clock.now();
    if (refusals > 0 || unknownVersion || expired) {
      refusals = Math.max(0, refusals - 1);
      return "refuse";
    }
    const id = `connection-${(upgrades += 1)}`;
    const line = network.line(id, (text) => socket.deliver(text));
    const connection = createServerConnection(id, token, protocols, socket, line);
    return {
      onOpen: () => {
        connections.push(connection);
        opened.push(connection);
      },
      onText: (text) => onText(connection, text),
      onBinary: () => connection.close(1003),
      onEnd: (code) => {
        connection.ended(code);
        topics.onEnd(connection);
      },
    };
  };

  const WebSocket = createWebSocketClass({ onUpgrade, cross: (deliver) => network.cross(deliver) });

  const connectClient = (clientOptions: Partial<CreateClientOptions> = {}): TypedClient<App> => {
    // Another one at each attempt, so that `expireTokens` ends none that is still to come.
    const token = (): string => createTestToken({ jti: String((tokens += 1)) });
    const client = createClient<App>({
      url: URL_OF_NOWHERE,
      token,
      WebSocket,
      fetch: files.fetch,
      clock,
      random: () => 0,
      ...clientOptions,
    });
    clients.push(client);
    return client;
  };
  let client: TypedClient<App> | undefined;

  return {
    url: URL_OF_NOWHERE,
    WebSocket,
    fetch: files.fetch,
    files,
    connections,
    handlerErrors: scripts.errors,
    get client() {
      return (client ??= connectClient());
    },
    connectClient,
    // By name from here on, so the pairing of each script with its own action is out of the compiler's sight.
    on: (action, handler) => scripts.on(action, handler as TestHandler<Action> | undefined) as never,
    request: (id) => [...requests.values()].find((request) => request.id === id),
    nextConnection: () => opened.next(),
    publish(topic: string | TopicName, data: unknown, { tenantId = DEFAULT_TENANT }: PublishOptions = {}) {
      topics.publish(tenantId, typeof topic === "string" ? topic : topic.name, data);
    },
    dropConnections() {
      for (const connection of connections) connection.drop();
    },
    refuseUpgrades: (count) => void (refusals = count),
    ignoreUpgrade: () => void (ignoring = true),
    expireTokens() {
      for (const connection of connections) {
        if (!connection.open) continue;
        revoked.add(connection.token);
        connection.tokenRevoked = true;
      }
    },
    failFrames: (count) => void (failing = count),
    limitFrames: (count, retryAfterSeconds) => void (limited = { count, retryAfterSeconds }),
    intercept: (rule) => network.intercept(rule),
    setLatency: (latencyMs) => void (network.latencyMs = latencyMs),
    async close() {
      for (const connection of connections) connection.drop();
      await Promise.all(clients.map(({ $client }) => $client.close()));
      network.close();
    },
  };
}

function unreadSubject({ requestId, batchId }: { readonly requestId: string | undefined; readonly batchId: string | undefined }): Subject {
  return { ...(requestId === undefined ? {} : { request_id: requestId }), ...(batchId === undefined ? {} : { batch_id: batchId }) };
}
