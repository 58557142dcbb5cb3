import { decodeServerMessage, UnauthorizedError } from "@streamer/protocol";
import type { Actions, ClientMessageInput, ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { createDefaultHandler } from "../gateway/default.ts";
import { createRouter } from "../router/createRouter.ts";
import type { RouterConfig, RouterDeps } from "../router/createRouter.ts";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { NewConnection } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRequestStore } from "../table/requestStore.ts";
import { createSubscriptionStore } from "../table/subscriptionStore.ts";
import { createTopicStore } from "../table/topicStore.ts";
import { createUpdateStore } from "../table/updateStore.ts";
import { createFakeFiles } from "./fakeFiles.ts";
import { createRecordedLogger } from "./recordedLogger.ts";
import type { RecordedLogger } from "./recordedLogger.ts";
import { createRecordedPublisher } from "./recordedPublisher.ts";
import type { RecordedPublisher } from "./recordedPublisher.ts";
import { createTestConnectionManager } from "./testConnectionManager.ts";
import type { TestConnectionManager } from "./testConnectionManager.ts";
import { withoutCorrelation } from "./withoutCorrelation.ts";

/** A router on a real table, spoken to as clients do: by frames, through the route's own handler. */
export interface RouterHarness {
  readonly deps: RouterDeps;
  /** What the router posted beside its answers. */
  readonly connectionManager: TestConnectionManager;
  /** What was put on the bus for topics. */
  readonly publisher: RecordedPublisher;
  readonly clock: FakeClock;
  readonly log: RecordedLogger;
  /** A tenant of this harness alone: tests share a table. */
  readonly tenantId: string;
  /** Stores an open connection; gives its id. */
  readonly connect: (overrides?: Partial<NewConnection>) => Promise<string>;
  /** The answer to a frame, as the client reads it. */
  readonly sendWhole: (connectionId: string, frame: ClientMessageInput | object | string) => Promise<ServerMessage>;
  /** The same without correlation ids. */
  readonly send: (connectionId: string, frame: ClientMessageInput | object | string) => Promise<ServerMessage>;
}

/** No token is good here unless `overrides` verifies it. */
export function createRouterHarness<const A extends Actions>(
  table: TableConfig,
  config: RouterConfig<A>,
  overrides: Partial<RouterDeps> = {},
): RouterHarness {
  const clock = createFakeClock();
  const log = createRecordedLogger();
  const tenantId = crypto.randomUUID();
  const connectionManager = createTestConnectionManager();
  const publisher = createRecordedPublisher();
  let ids = 0;
  const deps: RouterDeps = {
    connections: createConnectionStore(table, clock),
    requests: createRequestStore(table, clock),
    updates: createUpdateStore(table),
    subscriptions: createSubscriptionStore(table),
    topics: createTopicStore(table, clock),
    publisher,
    connectionManager,
    files: createFakeFiles(),
    tokens: { verify: () => Promise.reject(new UnauthorizedError()) },
    clock,
    newRequestId: () => `made-${(ids += 1)}`,
    newCorrelationId: () => `correlation-${(ids += 1)}`,
    newTraceparent: () => "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    logger: log.logger,
    ...overrides,
  };
  const handler = createDefaultHandler(createRouter(config, deps));
  return {
    deps,
    connectionManager,
    publisher,
    clock,
    log,
    tenantId,

    async connect(connection = {}) {
      const connectionId = connection.connectionId ?? crypto.randomUUID();
      await createConnectionStore(table, clock).save({
        connectionId,
        tenantId,
        userId: "u1",
        permissions: [],
        endpoint: "api.example/test",
        tokenExpiresAt: clock.now() / 1000 + 3_600,
        userAgent: undefined,
        ipAddress: undefined,
        ...connection,
      });
      return connectionId;
    },

    sendWhole,
    send: async (connectionId, frame) => withoutCorrelation(await sendWhole(connectionId, frame)),
  };

  async function sendWhole(connectionId: string, frame: ClientMessageInput | object | string): Promise<ServerMessage> {
    const body = typeof frame === "string" ? frame : JSON.stringify(frame);
    const result = await handler({ requestContext: { connectionId, domainName: "api.example", stage: "test" }, body });
    const decoded = decodeServerMessage(result.body ?? "");
    if (result.statusCode !== 200 || !decoded.ok || !("message" in decoded)) throw new Error(`not an answer: ${JSON.stringify(result)}`);
    return decoded.message;
  }
}
