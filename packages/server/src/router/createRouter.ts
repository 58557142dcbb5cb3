import type { Logger } from "@aws-lambda-powertools/logger";
import {
  actionKey,
  ASYNC_THRESHOLD_MS,
  byteLength,
  decodeClientMessage,
  durationMs,
  encodeServerMessage,
  InvalidActionError,
  isAsync,
  MAX_MESSAGE_BYTES,
  ResultTooLargeError,
  toStreamerError,
  UnauthorizedError,
} from "@streamer/protocol";
import type {
  Action,
  Actions,
  Clock,
  Duration,
  RequestMessage,
  ServerMessage,
  SubmitBatchMessage,
  Topic,
  UploadMessage,
} from "@streamer/protocol";
import type { TokenVerifier } from "../auth/token.ts";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import type { FileStore } from "../files/fileStore.ts";
import { msSince } from "../observability/msSince.ts";
import type { Operation } from "../observability/operations.ts";
import { traceIdOf } from "../observability/traceContext.ts";
import { publishMeasured } from "../observability/measuring.ts";
import type { Measuring } from "../observability/measuring.ts";
import type { LifecycleMetricName, MessageMetricName, RequestMetricName, SendMetricName } from "../observability/metrics.ts";
import { noTracer } from "../observability/tracing/tracer.ts";
import type { Tracer, TraceSegment } from "../observability/tracing/tracer.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import type { RateWindow } from "../table/countMessage.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import type { TenantRateStore } from "../table/tenantRateStore.ts";
import type { TopicStore } from "../table/topicStore.ts";
import type { UpdateStore } from "../table/updateStore.ts";
import type { Publisher } from "../topics/publisher.ts";
import { createTopicAccess } from "../topics/topicAccess.ts";
import { answerRequest } from "./answerRequest.ts";
import { authenticate } from "./authenticate.ts";
import { cancelBatch } from "./batches/cancelBatch.ts";
import { assertTakesBatches, submitBatch } from "./batches/submitBatch.ts";
import { subscribeBatch } from "./batches/subscribeBatch.ts";
import { cancelRequest } from "./cancelRequest.ts";
import type { Handler, SyncHandlers } from "./handlers.ts";
import { logRequests, requireFreshToken, requirePermissions } from "./middleware.ts";
import { assertNotLimited, toRateWindows } from "./rateLimits.ts";
import type { RateLimits } from "./rateLimits.ts";
import { idsOf, LOGGED_REPLIES, refusal, subjectOf } from "./refusal.ts";
import type { Guarded, Middleware, Routed, RoutedRequest, Step } from "./routed.ts";
import { submitRequest } from "./submitRequest.ts";
import { subscribe, unsubscribe } from "./subscriptions.ts";
import { subscribeTopic, unsubscribeTopic } from "./topics.ts";
import { correlated, OPERATION_OF, tracingOf } from "./tracing.ts";
import type { TracingDeps } from "./tracing.ts";
import { assertTakesUploads, signUpload } from "./uploads.ts";

/** What the app's router takes, answers and refuses. */
export interface RouterConfig<A extends Actions> {
  readonly actions: A;
  /** One for every synchronous action. */
  readonly handlers: SyncHandlers<A>;
  /** Actions expected to take longer are stored and processed apart. Default "5 seconds"; the wiring must be given the same. */
  readonly asyncThreshold?: Duration;
  /** Run around every request after the router's own, in this order. */
  readonly middleware?: readonly Middleware[];
  /** How many messages may come in; those beyond get `RATE_LIMITED`. Default: 100 in 10 seconds a connection, no limit a tenant. */
  readonly rateLimits?: RateLimits;
  /** The app's topics: which there are, and who may hear them. Default: none. */
  readonly topics?: readonly Topic[];
  /** Whether there are the topics of requests. Default true; the wiring must be given the same, or nothing is told of them. */
  readonly requestTopics?: boolean;
  /**
   * How long items of one message of a batch are begun; those after that get `SERVICE_UNAVAILABLE`, and the client sends them again. Default
   * "20 seconds": an item that is begun last has what is left of API Gateway's 29 seconds to end in.
   */
  readonly batchTime?: Duration;
}

export type RouterMetricName = LifecycleMetricName | MessageMetricName | RequestMetricName | SendMetricName;

/** What a router needs of the world; `routerDeps()` of `@streamer/server/aws` has it. */
export interface RouterDeps extends TracingDeps, Measuring<RouterMetricName> {
  readonly connections: ConnectionStore;
  readonly requests: RequestStore;
  readonly updates: UpdateStore;
  readonly subscriptions: SubscriptionStore;
  readonly topics: TopicStore;
  /** Puts on the bus what handlers publish, and who comes to a topic and leaves it. */
  readonly publisher: Publisher;
  /** Tells the other watchers of a request that one of them cancels. */
  readonly connectionManager: Pick<ConnectionManager, "broadcast">;
  readonly files: Pick<FileStore, "sign" | "signUpload" | "sizeOf">;
  /** Needed for `rateLimits.tenant` only. */
  readonly tenantRates?: TenantRateStore;
  readonly tokens: TokenVerifier;
  readonly clock: Clock;
  /** The id of a request that came without one: 1 to 64 characters of `A-Z a-z 0-9 _ -`. */
  readonly newRequestId: () => string;
  readonly logger: Logger;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
}

/** Answers the frames of connections. */
export interface Router {
  /** Answers one frame of a connection by another. Never throws: whatever goes wrong is an `error` message. */
  route(connectionId: string, frame: string): Promise<string>;
}

/**
 * @throws {TypeError} when a synchronous action has no handler, or a handler no synchronous action.
 * @throws {RangeError} for a rate limit that cannot be counted, and for two topics of one name.
 */
export function createRouter<const A extends Actions>(config: RouterConfig<A>, deps: RouterDeps): Router {
  const { tracer = noTracer } = deps;
  const thresholdMs = config.asyncThreshold === undefined ? ASYNC_THRESHOLD_MS : durationMs(config.asyncThreshold);
  const actions = new Map<string, Action>(Object.values<Action>(config.actions).map((action) => [action.name, action]));
  const handlers = handlersByName(config, thresholdMs);
  const batchTimeMs = durationMs(config.batchTime ?? "20 seconds");
  const access = createTopicAccess(config);
  const limits = toRateWindows(config.rateLimits);
  const limitTenant = tenantLimiter(limits.tenant, deps.tenantRates);
  const guards = [logRequests(deps.clock), requireFreshToken(deps.clock), requirePermissions];
  const middleware: readonly Middleware[] = [...guards, ...(config.middleware ?? [])];

  // A Map, so that `__proto__` and `constructor` are unknown actions like any other.
  const actionOf = (name: string): Action => {
    const action = actions.get(name);
    if (action === undefined) throw new InvalidActionError();
    return action;
  };

  const submit = (request: RoutedRequest): Promise<ServerMessage> => tracer.segment("submit", () => submitRequest(request, deps));

  const routeRequest = async (routed: Routed<RequestMessage>): Promise<ServerMessage> => {
    const { message } = routed;
    const action = actionOf(message.action);
    const requestId = message.id ?? deps.newRequestId();
    const request: RoutedRequest = { ...routed, action, requestId };
    const handler = handlers.get(action.name);
    const operation: Operation = handler === undefined ? "submit" : "answer";
    routed.logger.appendKeys({ operation, request_id: requestId, action: action.name });
    routed.segment?.annotate({ request_id: requestId, action: action.name });
    const answer = async (): Promise<ServerMessage> => {
      if (message.uploaded !== undefined) assertTakesUploads(action, message.uploaded.size_bytes, thresholdMs);
      return handler === undefined ? submit(request) : answerRequest(request, handler, deps);
    };
    return inTurn(middleware, request, answer);
  };

  /** Under the guards of the request that is to follow; the app's own middleware is for that one. */
  const routeUpload = async (routed: Routed<UploadMessage>): Promise<ServerMessage> => {
    const { message, logger, segment } = routed;
    const action = actionOf(message.action);
    logger.appendKeys({ request_id: message.request_id, action: action.name });
    segment?.annotate({ request_id: message.request_id, action: action.name });
    return inTurn(guards, { ...routed, action }, () => {
      assertTakesUploads(action, message.size_bytes, thresholdMs);
      return signUpload(routed, deps);
    });
  };

  /** Its guards look once, the app's middleware at each of its requests. */
  const routeBatch = async (routed: Routed<SubmitBatchMessage>): Promise<ServerMessage> => {
    const { message, logger, segment } = routed;
    const action = actionOf(message.action);
    logger.appendKeys({ batch_id: message.batch_id, action: action.name });
    segment?.annotate({ batch_id: message.batch_id, action: action.name });
    const submitItem = (request: RoutedRequest) => inTurn(config.middleware ?? [], request, () => submit(request));
    return inTurn(guards, { ...routed, action }, () => {
      assertTakesBatches(action, thresholdMs);
      return submitBatch({ ...routed, action }, { clock: deps.clock, batchTimeMs, submit: submitItem });
    });
  };

  const dispatch = async (routed: Routed): Promise<ServerMessage> => {
    const { message } = routed;
    switch (message.type) {
      case "request":
        return routeRequest({ ...routed, message });
      case "upload":
        return routeUpload({ ...routed, message });
      case "cancel":
        return cancelRequest({ ...routed, message }, deps);
      case "subscribe":
        return subscribe({ ...routed, message }, deps);
      case "unsubscribe":
        return unsubscribe({ ...routed, message }, deps);
      case "authenticate":
        return authenticate({ ...routed, message }, access, deps);
      case "ping":
        return { type: "pong" };
      case "subscribe_topic":
        return subscribeTopic({ ...routed, message }, access, deps);
      case "unsubscribe_topic":
        return unsubscribeTopic({ ...routed, message }, deps);
      case "submit_batch":
        return routeBatch({ ...routed, message });
      case "subscribe_batch":
        return subscribeBatch({ ...routed, message }, deps);
      case "cancel_batch":
        return cancelBatch({ ...routed, message }, { ...deps, batchTimeMs });
    }
  };

  const route = async (connectionId: string, frame: string, segment: TraceSegment): Promise<string> => {
    const logger = deps.logger.createChild();
    const startedAt = deps.clock.monotonic();
    const decoded = decodeClientMessage(frame);
    const tracing = tracingOf(decoded.ok ? decoded.message : undefined, deps);
    const operation = decoded.ok ? OPERATION_OF[decoded.message.type] : "message";
    const ids = { correlation_id: tracing.correlationId, connection_id: connectionId };
    const traceId = traceIdOf(tracing.traceparent);
    logger.appendKeys({ operation, ...ids, trace_id: traceId });
    segment.annotate({ ...ids, origin_trace_id: traceId });
    const subject = decoded.ok ? subjectOf(decoded.message) : { request_id: decoded.requestId, batch_id: decoded.batchId };
    const answer = async (): Promise<ServerMessage> => {
      const connection = await tracer.segment("authenticate", async () => {
        // Counted before anything else, so that bad frames count too.
        const known = await deps.connections.touch(connectionId, limits.connection);
        if (known === undefined) throw new UnauthorizedError({ details: { reason: "the connection is not known" } });
        logger.appendKeys({ user_id: known.userId, tenant_id: known.tenantId });
        segment.annotate({ user_id: known.userId, tenant_id: known.tenantId });
        assertNotLimited(known.limitedForMs);
        await limitTenant(known.tenantId);
        return known;
      });
      if (!decoded.ok) throw decoded.error;
      segment.annotate(idsOf(decoded.message));
      logger.appendKeys(idsOf(decoded.message));
      return dispatch({ message: decoded.message, connection, ...tracing, logger, segment });
    };
    const refuse = (thrown: unknown): ServerMessage => {
      segment.fail(thrown);
      const error = toStreamerError(thrown);
      deps.addMetric?.("MessagesRefused", 1);
      if (error.code === "RATE_LIMITED") deps.addMetric?.("MessagesRateLimited", 1);
      return refusal(error, thrown, subject, { logger, tookMs: msSince(deps.clock, startedAt) });
    };
    const reply = await answer().catch(refuse);
    // The others are logged where they are answered, and refusals where they are made.
    if (!LOGGED_REPLIES.has(reply.type)) {
      const level = operation === "cancel" || operation === "authenticate" ? "info" : "debug";
      logger[level]("A message was answered.", { reply: reply.type, duration_ms: msSince(deps.clock, startedAt) });
    }
    try {
      return encodeSendable(correlated(reply, tracing.correlationId));
    } catch (thrown) {
      return encodeServerMessage(correlated(refuse(thrown), tracing.correlationId));
    }
  };

  return {
    async route(connectionId, frame) {
      const reply = await tracer.segment("message", (segment) => route(connectionId, frame, segment));
      deps.addMetric?.("MessagesSentPerMinute", 1);
      await publishMeasured(deps, deps.logger);
      return reply;
    },
  };
}

/** The steps one around the other, the first the outermost; `answer` within all. */
function inTurn<Request extends Guarded>(
  steps: readonly Step<Request>[],
  request: Request,
  answer: () => Promise<ServerMessage>,
): Promise<ServerMessage> {
  return steps.reduceRight<() => Promise<ServerMessage>>((next, step) => () => step(request, next), answer)();
}

/** Counts each message of a tenant, when there is a limit to it. */
function tenantLimiter(limit: RateWindow | undefined, rates: TenantRateStore | undefined): (tenantId: string) => Promise<void> {
  if (limit === undefined) return async () => {};
  if (rates === undefined) throw new TypeError("rateLimits.tenant needs a place to count in. Pass tenantRates with the router's deps.");
  return async (tenantId) => assertNotLimited(await rates.count(tenantId, limit));
}

/** What a handler or a middleware put into a reply may not be JSON, or too large: the client must hear of its frame all the same. */
function encodeSendable(reply: ServerMessage): string {
  const frame = encodeServerMessage(reply);
  const sizeBytes = byteLength(frame);
  if (sizeBytes <= MAX_MESSAGE_BYTES) return frame;
  throw new ResultTooLargeError({ details: { size_bytes: sizeBytes, limit_bytes: MAX_MESSAGE_BYTES } });
}

function handlersByName<A extends Actions>(config: RouterConfig<A>, thresholdMs: number): ReadonlyMap<string, Handler<Action>> {
  const byName = new Map<string, Handler<Action>>();
  // By name from here on, so the pairing of each handler with its own action is out of the compiler's sight.
  const given = new Map(Object.entries(config.handlers as unknown as Record<string, Handler<Action>>));
  for (const action of Object.values<Action>(config.actions)) {
    if (isAsync(action, thresholdMs)) continue;
    const handler = given.get(actionKey(action.name));
    if (handler === undefined) {
      throw new TypeError(`The synchronous action "${action.name}" has no handler. Add "${actionKey(action.name)}" to the handlers.`);
    }
    byName.set(action.name, handler);
    given.delete(actionKey(action.name));
  }
  const [extra] = given.keys();
  if (extra !== undefined) throw new TypeError(`The handler "${extra}" belongs to no synchronous action. Remove it, or add the action.`);
  return byName;
}
