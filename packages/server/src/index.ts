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
export type { Delivery, DeliveryDeps, DeliverOptions } from "./connection/delivery.ts";
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
export * from "./pipe/pipeDefinition.ts";
export * from "./pipe/requestEvent.ts";
export type { ProcessorContext, Run } from "./processor/context.ts";
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
export { TableError } from "./table/errors.ts";
export { decodeKeyPart, encodeKeyPart, tenantGroup, WORK_SHARDS, workShard } from "./table/keys.ts";
export { createRequestStore } from "./table/requestStore.ts";
export type { RequestStore } from "./table/requestVerbs.ts";
export type { RequestRef, StoredRequest } from "./table/storedRequest.ts";
export { createSubscriptionStore } from "./table/subscriptionStore.ts";
export type { SubscriptionStore } from "./table/subscriptionStore.ts";
export * from "./table/tableDefinition.ts";
export { createTenantRateStore } from "./table/tenantRateStore.ts";
export type { TenantRateStore } from "./table/tenantRateStore.ts";
export { createUpdateStore } from "./table/updateStore.ts";
export type { UpdateStore } from "./table/updateStore.ts";
export * from "./wiring.ts";
