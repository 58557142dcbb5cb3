import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { systemClock } from "@streamer/protocol";
import { Resource } from "sst/resource";
import { ulid } from "ulid";
import { createTokenVerifier } from "./auth/token.ts";
import type { TokenVerifier } from "./auth/token.ts";
import { createConnectionMetrics } from "./connection/connectionMetrics.ts";
import { createConnectionManager } from "./connection/connectionManager.ts";
import type { ConnectionManager, ConnectionManagerConfig, ConnectionManagerDeps } from "./connection/connectionManager.ts";
import { createManagementApis } from "./connection/managementApi.ts";
import { createFileStore } from "./files/fileStore.ts";
import type { ConnectDeps } from "./gateway/connect.ts";
import type { DisconnectDeps } from "./gateway/disconnect.ts";
import type { Links, Settings } from "./links.ts";
import { createLogger } from "./observability/logger.ts";
import { createOwnMetrics } from "./observability/ownMetrics.ts";
import type { ProcessorDeps } from "./processor/createProcessor.ts";
import { createMessageQueue } from "./processor/messageQueue.ts";
import { createStepStore } from "./processor/stepStore.ts";
import type { RouterDeps } from "./router/createRouter.ts";
import type { SweeperDeps } from "./sweeper/createSweeper.ts";
import { createEventBus } from "./sweeper/eventBus.ts";
import { createConnectionStore } from "./table/connectionStore.ts";
import type { TableConfig } from "./table/entities/model.ts";
import { createRequestStore } from "./table/requestStore.ts";
import { createSubscriptionStore } from "./table/subscriptionStore.ts";
import { createTenantRateStore } from "./table/tenantRateStore.ts";
import { createUpdateStore } from "./table/updateStore.ts";

/**
 * The world of each function on AWS, and on the local stack, which sets the same links and the SDK's own endpoint variables. One
 * function for each entry, so that a bundle holds the clients it uses and no other.
 *
 * All of it is made once per sandbox, while the function loads. Clients keep their connections alive between invocations by themselves.
 */

export function connectDeps(): ConnectDeps {
  return {
    tokens: tokens(),
    connections: createConnectionStore(table(), systemClock),
    logger: createLogger("connect"),
    allowedOrigins: listSetting("STREAMER_ALLOWED_ORIGINS") ?? [],
  };
}

export function disconnectDeps(): DisconnectDeps {
  const config = table();
  return {
    connections: createConnectionStore(config, systemClock),
    subscriptions: createSubscriptionStore(config),
    clock: systemClock,
    logger: createLogger("disconnect"),
  };
}

/** What the router posts is told by the way: its answer must not wait for it beyond API Gateway's 29 seconds. */
const ROUTER_SEND_TIMEOUT_MS = 3_000;

export function routerDeps(config: TableConfig = table()): RouterDeps {
  const connections = createConnectionStore(config, systemClock);
  const logger = createLogger("router");
  return {
    connections,
    requests: createRequestStore(config, systemClock),
    updates: createUpdateStore(config),
    subscriptions: createSubscriptionStore(config),
    files: createFileStore({ bucket: links().StreamerResults.name }),
    connectionManager: sender({ sendTimeoutMs: ROUTER_SEND_TIMEOUT_MS }, { connections, logger }),
    tenantRates: createTenantRateStore(config, systemClock),
    tokens: tokens(),
    clock: systemClock,
    newRequestId: () => ulid(),
    newCorrelationId: () => crypto.randomUUID(),
    logger,
  };
}

export function processorDeps(config: TableConfig = table()): ProcessorDeps {
  const connections = createConnectionStore(config, systemClock);
  const logger = createLogger("processor");
  // Lambda names its functions; elsewhere there is no dashboard to match.
  const metrics = createOwnMetrics({ functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? "processor" });
  return {
    requests: createRequestStore(config, systemClock),
    updates: createUpdateStore(config),
    subscriptions: createSubscriptionStore(config),
    connections,
    connectionManager: sender({}, { connections, logger, metrics: createConnectionMetrics((name, value) => metrics.add(name, value)) }),
    publishMetrics: () => metrics.publish(),
    files: createFileStore({ bucket: links().StreamerResults.name }),
    steps: createStepStore(config, systemClock),
    queue: createMessageQueue(setting("STREAMER_QUEUE_URL")),
    clock: systemClock,
    newId: () => crypto.randomUUID(),
    random: Math.random,
    logger,
  };
}

export function sweeperDeps(config: TableConfig = table()): SweeperDeps {
  const connections = createConnectionStore(config, systemClock);
  const logger = createLogger("sweeper");
  const metrics = createOwnMetrics({ functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? "sweeper" });
  return {
    requests: createRequestStore(config, systemClock),
    subscriptions: createSubscriptionStore(config),
    connections,
    connectionManager: sender(
      { sendTimeoutMs: SWEEPER_SEND_TIMEOUT_MS },
      { connections, logger, metrics: createConnectionMetrics((name, value) => metrics.add(name, value)) },
    ),
    bus: createEventBus(links().StreamerBus.name, new EventBridgeClient({})),
    clock: systemClock,
    random: Math.random,
    logger,
    addMetric: (name, value) => metrics.add(name, value),
    publishMetrics: () => metrics.publish(),
  };
}

/** Within the time that a sweep keeps back for what is under way. A watcher that does not get its message asks for the outcome when it is back. */
const SWEEPER_SEND_TIMEOUT_MS = 5_000;

/** The table and a client for it. An entry whose action reads the table too makes one of these and passes it to both: one client, one pool. */
export function table(): TableConfig {
  return { client: new DynamoDBClient({}), tableName: links().StreamerTable.name };
}

function sender(
  config: ConnectionManagerConfig,
  deps: Pick<ConnectionManagerDeps, "connections" | "logger" | "metrics">,
): ConnectionManager {
  const managementApi = createManagementApis()(links().StreamerApi.managementEndpoint);
  return createConnectionManager(config, { ...deps, managementApi, random: Math.random, clock: systemClock });
}

function tokens(): TokenVerifier {
  return createTokenVerifier({
    key: links().StreamerJwtKey.value,
    issuer: setting("STREAMER_JWT_ISSUER"),
    audience: listSetting("STREAMER_JWT_AUDIENCE"),
    algorithms: listSetting("STREAMER_JWT_ALGORITHMS"),
    now: () => systemClock.now(),
  });
}

/** SST types `Resource` by the app that is deployed; what this system needs of it is `Links`. */
function links(): Links {
  return Resource as unknown as Links;
}

function setting(name: keyof Settings): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`The environment variable ${name} is not set. The wiring of stacks/ and of the local stack sets it.`);
  return value;
}

/** A setting that lists what it names, separated by commas. `undefined` when it is not set or names nothing. */
function listSetting(name: keyof Settings): readonly string[] | undefined {
  const entries = (process.env[name] ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  return entries.length === 0 ? undefined : entries;
}
