/**
 * The system behind the WebSocket: router, processor, connections, table.
 *
 * @module @streamer/server
 */

export { createTokenVerifier } from "./auth/token.ts";
export type { Identity, TokenVerifier, TokenVerifierConfig } from "./auth/token.ts";
export { createConnectionManager } from "./connection/connectionManager.ts";
export type {
  ConnectionManager,
  ConnectionManagerConfig,
  ConnectionManagerDeps,
  SendOptions,
  SendResult,
} from "./connection/connectionManager.ts";
export { createDelivery } from "./connection/delivery.ts";
export type { Delivery, DeliveryDeps, DeliverOptions, RequestUpdate } from "./connection/delivery.ts";
export { createPostedCounts } from "./connection/postedCounts.ts";
export type { PostedCounts, PostedCountsDeps } from "./connection/postedCounts.ts";
export type { BreakerState } from "./connection/breaker.ts";
export { createConnectionMetrics } from "./connection/connectionMetrics.ts";
export type { ConnectionMetricName, ConnectionMetrics, SendOutcome } from "./connection/connectionMetrics.ts";
export { ConnectionManagerClosedError, ConnectionNotFoundError, ConnectionStaleError, SendFailedError } from "./connection/errors.ts";
export type { SendFailure } from "./connection/errors.ts";
export { createManagementApi, createManagementApis } from "./connection/managementApi.ts";
export type { ManagementApi, ManagementApiOptions } from "./connection/managementApi.ts";
export { createFileStore } from "./files/fileStore.ts";
export type { FileStore } from "./files/fileStore.ts";
export { createConnectHandler } from "./gateway/connect.ts";
export { createDefaultHandler } from "./gateway/default.ts";
export { createDisconnectHandler } from "./gateway/disconnect.ts";
export type { RouteHandler, RouteResult, WebSocketEvent } from "./gateway/webSocketEvent.ts";
export type { Links, Settings } from "./links.ts";
export { createLogger } from "./observability/logger.ts";
export type { Logger } from "./observability/logger.ts";
export type { Annotations, SegmentName, Tracer, TraceSegment } from "./observability/tracing/tracer.ts";
export { createOwnMetrics } from "./observability/ownMetrics.ts";
export type { OwnMetrics, OwnMetricsConfig } from "./observability/ownMetrics.ts";
export { createNotifier } from "./notifier/createNotifier.ts";
export type { NotifierConfig, NotifierDeps, NotifierHandler, NotifierResult } from "./notifier/createNotifier.ts";
export type { NotifyCounts } from "./notifier/notifyCounts.ts";
export * from "./pipe/pipeDefinition.ts";
export * from "./pipe/requestEvent.ts";
export * from "./pipe/topicEvent.ts";
export type { ProcessorContext, Run } from "./processor/context.ts";
export { ChunkBacklogError, ChunkTooLargeError, TooManyChunksError } from "./progress/chunkErrors.ts";
export { createRequestActions } from "./requestActions/createRequestActions.ts";
export type { RequestActionsDeps } from "./requestActions/createRequestActions.ts";
export { createProcessor } from "./processor/createProcessor.ts";
export type { ProcessorDeps, ProcessorHandler } from "./processor/createProcessor.ts";
export { RetryableError, StepInProgressError, TerminalError } from "./processor/errors.ts";
export type { RetryableErrorOptions, WorkErrorOptions } from "./processor/errors.ts";
export { MAX_STEP_RESULT_BYTES, StepResultError } from "./processor/once.ts";
export type { Once } from "./processor/once.ts";
export { createStepStore } from "./processor/stepStore.ts";
export type { StepStore } from "./processor/stepStore.ts";
export { createRouter } from "./router/createRouter.ts";
export type { Router, RouterConfig, RouterDeps } from "./router/createRouter.ts";
export type { Handler, HandlerContext, SyncHandlers } from "./router/handlers.ts";
export type { RateLimit, RateLimits } from "./router/rateLimits.ts";
export type { Middleware, RoutedRequest } from "./router/routed.ts";
export { createSweeper } from "./sweeper/createSweeper.ts";
export type { SweeperConfig, SweeperDeps, SweeperHandler } from "./sweeper/createSweeper.ts";
export { createEventBus } from "./sweeper/eventBus.ts";
export type { EventBus, RefusedEvent } from "./sweeper/eventBus.ts";
export { pendingEventDetail } from "./sweeper/pendingEvent.ts";
export type { SweepCounts } from "./sweeper/sweepCounts.ts";
export { createConnectionStore } from "./table/connectionStore.ts";
export type { Connection, ConnectionStore } from "./table/connectionStore.ts";
export type { TableConfig } from "./table/entities/model.ts";
export { InvalidCursorError, TableError } from "./table/errors.ts";
export { decodeKeyPart, encodeKeyPart, tenantGroup, topicKey, topicOfKey, WORK_SHARDS, workShard } from "./table/keys.ts";
export { createRequestStore } from "./table/requestStore.ts";
export type { RequestStore } from "./table/requestVerbs.ts";
export type { RequestRef, StoredRequest } from "./table/storedRequest.ts";
export { createSubscriptionStore } from "./table/subscriptionStore.ts";
export type { RemovedSubscriptions, SubscriptionStore } from "./table/subscriptionStore.ts";
export * from "./table/tableDefinition.ts";
export { migrateItems } from "./table/migrateItems.ts";
export type { ItemMigration, MigratedPage, MigrateOptions, TableItem } from "./table/migrateItems.ts";
export type { TableFailure } from "./table/tableFailure.ts";
export { createTopicStore } from "./table/topicStore.ts";
export type { TopicRef, TopicStore, TopicSubscription } from "./table/topicStore.ts";
export type { Publish } from "./topics/createPublish.ts";
export { EventTooLargeError, PublishFailedError } from "./topics/errors.ts";
export { createPublisher } from "./topics/publisher.ts";
export type { Publisher, PublisherConfig } from "./topics/publisher.ts";
export { createTenantRateStore } from "./table/tenantRateStore.ts";
export type { TenantRateStore } from "./table/tenantRateStore.ts";
export { createUpdateStore } from "./table/updateStore.ts";
export type { UpdateStore } from "./table/updateStore.ts";
export * from "./wiring.ts";
