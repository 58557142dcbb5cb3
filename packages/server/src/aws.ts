/**
 * The world of each function on AWS, and on the local stack, which sets the same links and the SDK's own endpoint variables. One
 * function for each entry, so that a bundle holds the clients it uses and no other.
 *
 * All of it is made once per sandbox, while the function loads. Clients keep their connections alive between invocations by themselves.
 *
 * @module @streamer/server/aws
 */

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
import { createTracer } from "./observability/tracing/createTracer.ts";
import type { Tracer } from "./observability/tracing/tracer.ts";
import { newTraceparent } from "./observability/traceContext.ts";
import type { OwnMetricName } from "./observability/metrics.ts";
import { createOwnMetrics } from "./observability/ownMetrics.ts";
import type { NotifierDeps } from "./notifier/createNotifier.ts";
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
import { createTopicStore } from "./table/topicStore.ts";
import { createUpdateStore } from "./table/updateStore.ts";
import { createPublisher } from "./topics/publisher.ts";
import type { Publisher } from "./topics/publisher.ts";

/** The world of the `$connect` function. @throws {Error} when a link or a setting is missing. */
export function connectDeps(): ConnectDeps {
  const logger = createLogger("connect");
  const tracer = createTracer({ logger });
  return {
    ...measuring("connect"),
    tokens: tokens(),
    connections: createConnectionStore(traced(table(), tracer), systemClock),
    logger,
    tracer,
    allowedOrigins: listSetting("STREAMER_ALLOWED_ORIGINS") ?? [],
  };
}

/**
 * The world of the `$disconnect` function.
 *
 * @throws {Error} when a link or a setting is missing.
 */
export function disconnectDeps(): DisconnectDeps {
  const logger = createLogger("disconnect");
  const tracer = createTracer({ logger });
  const config = traced(table(), tracer);
  return {
    connections: createConnectionStore(config, systemClock),
    subscriptions: createSubscriptionStore(config),
    publisher: publisher(tracer),
    clock: systemClock,
    logger,
    tracer,
    ...measuring("disconnect"),
  };
}

/** What the router posts is told by the way: its answer must not wait for it beyond API Gateway's 29 seconds. */
const ROUTER_SEND_TIMEOUT_MS = 3_000;

/**
 * The world of the router's function. `tableConfig`: default the linked table.
 *
 * @throws {Error} when a link or a setting is missing.
 */
export function routerDeps(tableConfig: TableConfig = table()): RouterDeps {
  const logger = createLogger("router");
  const tracer = createTracer({ logger });
  const config = traced(tableConfig, tracer);
  const connections = createConnectionStore(config, systemClock);
  const metrics = measuring("router");
  return {
    ...metrics,
    connections,
    requests: createRequestStore(config, systemClock),
    updates: createUpdateStore(config),
    subscriptions: createSubscriptionStore(config),
    files: createFileStore({ bucket: links().StreamerResults.name, captureClient: tracer.captureClient }),
    connectionManager: sender({ sendTimeoutMs: ROUTER_SEND_TIMEOUT_MS }, { connections, logger, tracer, addMetric: metrics.addMetric }),
    tenantRates: createTenantRateStore(config, systemClock),
    topics: createTopicStore(config, systemClock),
    publisher: publisher(tracer),
    tokens: tokens(),
    clock: systemClock,
    newRequestId: () => ulid(),
    newCorrelationId: () => crypto.randomUUID(),
    // Lambda sets it anew for each invocation.
    newTraceparent: () => newTraceparent(process.env["_X_AMZN_TRACE_ID"]),
    logger,
    tracer,
  };
}

/**
 * The world of a processor's function. `tableConfig`: default the linked table.
 *
 * @throws {Error} when a link or a setting is missing.
 */
export function processorDeps(tableConfig: TableConfig = table()): ProcessorDeps {
  const logger = createLogger("processor");
  const tracer = createTracer({ logger });
  const config = traced(tableConfig, tracer);
  const connections = createConnectionStore(config, systemClock);
  const metrics = measuring("processor");
  return {
    ...metrics,
    requests: createRequestStore(config, systemClock),
    updates: createUpdateStore(config),
    subscriptions: createSubscriptionStore(config),
    connections,
    connectionManager: sender({}, { connections, logger, tracer, addMetric: metrics.addMetric }),
    files: createFileStore({ bucket: links().StreamerResults.name, captureClient: tracer.captureClient }),
    steps: createStepStore(config, systemClock),
    queue: createMessageQueue(setting("STREAMER_QUEUE_URL"), tracer.captureClient),
    publisher: publisher(tracer),
    clock: systemClock,
    newId: () => crypto.randomUUID(),
    random: Math.random,
    logger,
    tracer,
  };
}

/**
 * The world of the sweeper's function. `tableConfig`: default the linked table.
 *
 * @throws {Error} when a link or a setting is missing.
 */
export function sweeperDeps(tableConfig: TableConfig = table()): SweeperDeps {
  const logger = createLogger("sweeper");
  const tracer = createTracer({ logger });
  const config = traced(tableConfig, tracer);
  const connections = createConnectionStore(config, systemClock);
  const metrics = measuring("sweeper");
  return {
    ...metrics,
    requests: createRequestStore(config, systemClock),
    subscriptions: createSubscriptionStore(config),
    connections,
    connectionManager: sender({ sendTimeoutMs: SWEEPER_SEND_TIMEOUT_MS }, { connections, logger, tracer, addMetric: metrics.addMetric }),
    bus: createEventBus(links().StreamerBus.name, tracer.captureClient(new EventBridgeClient({}))),
    clock: systemClock,
    random: Math.random,
    logger,
    tracer,
  };
}

/**
 * The world of the notifier's function. `tableConfig`: default the linked table.
 *
 * @throws {Error} when a link or a setting is missing.
 */
export function notifierDeps(tableConfig: TableConfig = table()): NotifierDeps {
  const logger = createLogger("notifier");
  const tracer = createTracer({ logger });
  const config = traced(tableConfig, tracer);
  const connections = createConnectionStore(config, systemClock);
  const metrics = measuring("notifier");
  return {
    ...metrics,
    topics: createTopicStore(config, systemClock),
    connectionManager: sender({ sendTimeoutMs: NOTIFIER_SEND_TIMEOUT_MS }, { connections, logger, tracer, addMetric: metrics.addMetric }),
    publisher: publisher(tracer),
    logger,
    tracer,
  };
}

/** Four rounds of posts, each as slow as this, are within the time that the notifier keeps back (`MIN_REMAINING_MS`). */
const NOTIFIER_SEND_TIMEOUT_MS = 3_000;

/** Within the time that a sweep keeps back for what is under way. A watcher that does not get its message asks for the outcome when it is back. */
const SWEEPER_SEND_TIMEOUT_MS = 5_000;

/** The table and a client for it. An entry whose action reads the table too makes one of these and passes it to both: one client, one pool. */
export function table(): TableConfig {
  return { client: new DynamoDBClient({}), tableName: links().StreamerTable.name };
}

/** The table's client is made by the entry, which may share it with its actions: their calls are traced too. */
function traced(config: TableConfig, tracer: Tracer): TableConfig {
  return { ...config, client: tracer.captureClient(config.client) };
}

/** Where the parts of a function add their metrics, and what writes them at the end of an invocation. */
function measuring(name: string) {
  // Lambda names its functions; elsewhere there is no dashboard to match.
  const metrics = createOwnMetrics({ functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? name });
  const addMetric = (metric: OwnMetricName, value: number): void => metrics.add(metric, value);
  return { addMetric, publishMetrics: () => metrics.publish() };
}

function sender(
  config: ConnectionManagerConfig,
  {
    tracer,
    addMetric,
    ...deps
  }: Pick<ConnectionManagerDeps, "connections" | "logger"> & Pick<ReturnType<typeof measuring>, "addMetric"> & { readonly tracer: Tracer },
): ConnectionManager {
  const managementApi = createManagementApis({ captureClient: tracer.captureClient })(links().StreamerApi.managementEndpoint);
  const metrics = createConnectionMetrics(addMetric);
  return createConnectionManager(config, { ...deps, metrics, managementApi, random: Math.random, clock: systemClock });
}

function publisher({ captureClient }: Tracer): Publisher {
  return createPublisher({ busName: () => links().StreamerBus.name, captureClient }, { clock: systemClock });
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
