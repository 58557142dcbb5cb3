import type { Logger } from "@aws-lambda-powertools/logger";
import { isTerminal } from "@streamer/protocol";
import type { Action, Actions, Clock } from "@streamer/protocol";
import type { Context } from "aws-lambda";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import { inWorkers } from "../connection/inWorkers.ts";
import { createPostedCounts } from "../connection/postedCounts.ts";
import type { SweepMetricName } from "../observability/metrics.ts";
import { noTracer } from "../observability/tracing/tracer.ts";
import type { Tracer } from "../observability/tracing/tracer.ts";
import { msSince } from "../observability/msSince.ts";
import { traceIdOf } from "../observability/traceContext.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import { WORK_SHARDS } from "../table/keys.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import type { EventBus } from "./eventBus.ts";
import { nextStep } from "./nextStep.ts";
import { countOpen, countStep, loggedCounts, noCounts, reportCounts } from "./sweepCounts.ts";
import type { SweepCounts } from "./sweepCounts.ts";
import { takeStep } from "./takeStep.ts";

/** What the sweeper sees to, and after how long. */
export interface SweeperConfig {
  /** The app's. An open request of an action that is not among them fails with INVALID_ACTION, after a time of grace. */
  readonly actions: Actions;
  /**
   * How long a request of an unknown action is left to wait, in ms: while an app is deployed its router may know an action before its sweeper
   * does. Default 15 minutes.
   */
  readonly unknownActionGraceMs?: number;
  /** How long a request may wait to be started before it fails with EXPIRED, in ms. Default 24 hours. Compared when its event is due again. */
  readonly maxWaitMs?: number;
  /** Requests seen to at a time. Default 25. */
  readonly concurrency?: number;
}

/** What the sweeper needs of the world; `sweeperDeps()` of `@streamer/server/aws` has it. */
export interface SweeperDeps {
  readonly requests: Pick<RequestStore, "listDue" | "recover" | "abandon" | "stopLost" | "expire" | "dispatch">;
  readonly subscriptions: Pick<SubscriptionStore, "listByRequest" | "delete">;
  readonly connections: Pick<ConnectionStore, "addPosted" | "countActive">;
  readonly connectionManager: Pick<ConnectionManager, "broadcast">;
  readonly bus: EventBus;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  /** 0 ≤ n < 1, for the jitter of retries. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
  /** Keeps a value for the end of the invocation. */
  readonly addMetric: (name: SweepMetricName, value: number) => void;
  /** Called once at the end of each invocation. */
  readonly publishMetrics: () => Promise<void>;
}

/** The function of a schedule; of Lambda's context only the time left is read. */
export type SweeperHandler = (event: unknown, context: SweepContext) => Promise<Readonly<SweepCounts>>;

type SweepContext = Pick<Context, "getRemainingTimeInMillis">;

const DEFAULT_MAX_WAIT_MS = 24 * 60 * 60_000;
const DEFAULT_UNKNOWN_ACTION_GRACE_MS = 15 * 60_000;
const DEFAULT_CONCURRENCY = 25;
/** As many as DynamoDB reads by key in one call: requests are listed by their keys and then read. */
const PAGE_LIMIT = 100;
/** With less time left than this nothing more is begun: what is under way must be written, sent and told. */
export const MIN_REMAINING_MS = 10_000;
const MINUTE_MS = 60_000;

/**
 * Finds the requests whose event, message or worker was lost, and sees to it that each ends. Two sweepers at a time do no harm: each step is
 * a conditional write that only one of them wins.
 *
 * @throws {AggregateError} when open work could not be read, after the rest was seen to: then the function's errors show it.
 */
export function createSweeper(config: SweeperConfig, deps: SweeperDeps): SweeperHandler {
  const { maxWaitMs = DEFAULT_MAX_WAIT_MS, unknownActionGraceMs = DEFAULT_UNKNOWN_ACTION_GRACE_MS } = config;
  const { concurrency = DEFAULT_CONCURRENCY } = config;
  const { requests, bus, clock, random, tracer = noTracer } = deps;
  const actions: ReadonlyMap<string, Action> = new Map(Object.values(config.actions).map((action) => [action.name, action]));

  const sweep = async (context: SweepContext): Promise<SweepCounts> => {
    const hasTime = (): boolean => context.getRemainingTimeInMillis() >= MIN_REMAINING_MS;
    const counts = noCounts();
    const startedAt = clock.monotonic();
    const logger = deps.logger.createChild();
    logger.appendKeys({ operation: "sweep", correlation_id: crypto.randomUUID() });
    const posted = createPostedCounts({ ...deps, logger });
    const stepDeps = { ...deps, connectionManager: posted.connectionManager, logger };
    const at = clock.now();

    /** Sees to one request. Gives it when its event is to be sent. */
    const seeTo = async (request: StoredRequest): Promise<StoredRequest | undefined> => {
      const now = clock.now();
      const step = nextStep(request, { actions, now, maxWaitMs, unknownActionGraceMs, random });
      if (step.kind === "leave") {
        if (!isTerminal(request.status)) countOpen(counts, request, now);
        return undefined;
      }
      try {
        const moved = await takeStep(request, step, stepDeps);
        if (moved === undefined) counts.overtaken += 1;
        else countStep(counts, step.kind);
        if (moved === undefined || isTerminal(moved.status)) return undefined;
        countOpen(counts, moved, now);
        return moved;
      } catch (error) {
        counts.failures += 1;
        logger.error("A request could not be seen to; the next sweep tries again.", {
          ...idsOf(request),
          step: step.kind,
          error: error as Error,
        });
        return undefined;
      }
    };

    const seeToAll = async (page: readonly StoredRequest[]): Promise<void> => {
      const toSend: StoredRequest[] = [];
      await inWorkers(concurrency, page, async (request) => {
        if (!hasTime()) return void (counts.complete = false);
        counts.due += 1;
        const moved = await seeTo(request);
        if (moved !== undefined) toSend.push(moved);
      });
      // After the writes: a request is due again whether or not its event arrives.
      for (const { request, cause } of await bus.send(toSend)) {
        counts.failures += 1;
        const error = typeof cause === "string" ? { code: cause } : { error: cause };
        logger.error("The bus did not take a request's event; it is sent again when the request is due again.", {
          ...idsOf(request),
          ...error,
        });
      }
    };

    const sweepShard = async (shard: number): Promise<void> => {
      let cursor: string | undefined;
      do {
        if (!hasTime()) return void (counts.complete = false);
        const page = await requests.listDue(shard, at, { limit: PAGE_LIMIT, cursor });
        await seeToAll(page.items);
        cursor = page.cursor;
      } while (cursor !== undefined);
    };

    const errors: unknown[] = [];
    for (const shard of shardsFrom(Math.floor(at / MINUTE_MS))) {
      try {
        await tracer.segment("shard", () => sweepShard(shard), { shard });
      } catch (error) {
        errors.push(error);
        counts.failures += 1;
        logger.error("A partition of open work could not be read; the next sweep tries again.", { shard, error: error as Error });
      }
    }
    await posted.save();
    counts.activeConnections = hasTime() ? await countConnections(deps.connections, logger) : undefined;
    const ended = { counts: loggedCounts(counts), duration_ms: msSince(clock, startedAt) };
    if (!counts.complete) logger.warn("The function's time ran short; the next sweep goes on.", ended);
    else if (counts.due > 0) logger.debug("A sweep ended.", ended);
    await publish(counts, { ...deps, logger });
    if (errors.length > 0)
      throw new AggregateError(errors, `${errors.length} of ${WORK_SHARDS} partitions of open work could not be read.`);
    return counts;
  };

  return (_event, context) => tracer.segment("sweep", () => sweep(context));
}

/** Nothing hangs on it: without the number the sweep has still done its work. */
async function countConnections(connections: SweeperDeps["connections"], logger: Logger): Promise<number | undefined> {
  try {
    return await connections.countActive();
  } catch (error) {
    logger.warn("Open connections could not be counted; the next sweep tries again.", { operation: "measure", error: error as Error });
    return undefined;
  }
}

async function publish(counts: SweepCounts, { addMetric, publishMetrics, logger }: SweeperDeps): Promise<void> {
  reportCounts(counts, addMetric);
  try {
    await publishMetrics();
  } catch (error) {
    logger.warn("The metrics of a sweep could not be published.", { operation: "measure", error: error as Error });
  }
}

/** All partitions, each minute beginning with another: when time runs short it is not always the same that wait. */
function shardsFrom(minute: number): readonly number[] {
  return Array.from({ length: WORK_SHARDS }, (_, index) => (minute + index) % WORK_SHARDS);
}

function idsOf({ requestId, tenantId, userId, action, correlationId, traceparent }: StoredRequest) {
  const ids = { request_id: requestId, tenant_id: tenantId, user_id: userId, action, correlation_id: correlationId };
  return { ...ids, trace_id: traceIdOf(traceparent) };
}
