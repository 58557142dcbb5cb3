import type { ServerMessage } from "@streamer/protocol";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { createConnectionManager } from "../connection/connectionManager.ts";
import { createNotifier } from "../notifier/createNotifier.ts";
import type { NotifierDeps, NotifierResult } from "../notifier/createNotifier.ts";
import type { NotifierMetricName } from "../observability/metrics.ts";
import { EVENT_DETAIL_TYPE, EVENT_SOURCE } from "../pipe/requestEvent.ts";
import { TOPIC_DETAIL_TYPE } from "../pipe/topicEvent.ts";
import type { RouterConfig } from "../router/createRouter.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createTopicStore } from "../table/topicStore.ts";
import { createPublish } from "../topics/createPublish.ts";
import type { Publish } from "../topics/createPublish.ts";
import { createFakeManagementApi } from "./fakeManagementApi.ts";
import type { FakeManagementApi } from "./fakeManagementApi.ts";
import { createRouterHarness } from "./routerHarness.ts";
import type { RouterHarness } from "./routerHarness.ts";
import { sampleActions } from "./sampleActions.ts";
import type { SampleActions } from "./sampleActions.ts";
import { sampleTopics } from "./sampleTopics.ts";

/** A router and a notifier on one real table; between them a bus that is a list. */
export interface TopicHarness extends RouterHarness {
  readonly api: FakeManagementApi;
  readonly metrics: readonly (readonly [NotifierMetricName, number])[];
  /** What a handler of the tenant has. Default: the harness's own. */
  readonly publishAs: (tenantId?: string) => Publish;
  /** Gives the notifier all that is on the bus, ten at a time, until there is no more. */
  readonly deliver: () => Promise<readonly NotifierResult[]>;
  /** Gives the notifier one batch of messages of its queue. `remainingMs`: what Lambda says is left; default a minute. */
  readonly notify: (bodies: readonly string[], remainingMs?: () => number) => Promise<NotifierResult>;
  /** What the notifier posted to a connection. */
  readonly received: (connectionId: string) => readonly ServerMessage[];
}

export interface TopicHarnessOptions {
  readonly config?: Partial<RouterConfig<SampleActions>>;
  readonly deps?: (deps: NotifierDeps) => Partial<NotifierDeps>;
}

const BATCH = 10;

export function createTopicHarness(table: TableConfig, options: TopicHarnessOptions = {}): TopicHarness {
  const handlers = { echo: ({ input }: { readonly input: unknown }) => input };
  const router = createRouterHarness(table, { actions: sampleActions, handlers, topics: sampleTopics, ...options.config });
  const { clock, log, publisher, tenantId, deps } = router;
  const api = createFakeManagementApi();
  const metrics: (readonly [NotifierMetricName, number])[] = [];
  const notifierDeps: NotifierDeps = {
    topics: createTopicStore(table, clock),
    connectionManager: createConnectionManager(
      { minDelayMs: 1, maxDelayMs: 1 },
      { managementApi: api, connections: deps.connections, logger: log.logger, random: () => 0.5 },
    ),
    publisher,
    logger: log.logger,
    addMetric: (name, value) => void metrics.push([name, value]),
    publishMetrics: async () => undefined,
  };
  const notifier = createNotifier({}, { ...notifierDeps, ...options.deps?.(notifierDeps) });
  let taken = 0;

  const notify: TopicHarness["notify"] = (bodies, remainingMs = () => 60_000) =>
    notifier(sqsEvent(bodies), { getRemainingTimeInMillis: remainingMs });

  return {
    ...router,
    api,
    metrics,
    publishAs: (tenant = tenantId) =>
      createPublish({ tenantId: tenant, correlationId: "correlation" }, { publisher, clock, logger: log.logger }).publish,
    async deliver() {
      const results: NotifierResult[] = [];
      while (taken < publisher.details.length) {
        const some = publisher.details.slice(taken, taken + BATCH);
        taken += some.length;
        results.push(await notify(some.map(topicBody)));
      }
      return results;
    },
    notify,
    received: (connectionId) => api.received(connectionId),
  };
}

/** One batch of messages of the notifier's queue. */
export function sqsEvent(bodies: readonly string[]): SQSEvent {
  // Of a record no more is read than these.
  return {
    Records: bodies.map((body, index) => ({ messageId: `message-${index}`, body, attributes: { SentTimestamp: "1" } }) as SQSRecord),
  };
}

/** An event of a topic, as the bus puts it into the queue. */
export function topicBody(detail: object): string {
  return busBody(TOPIC_DETAIL_TYPE, detail);
}

/** A request's transition, as the bus puts it into the queue. */
export function requestBody(detail: object): string {
  return busBody(EVENT_DETAIL_TYPE, detail);
}

/** When the bus took everything, by these. */
export const BUS_TIME = "2026-01-01T00:00:07Z";

function busBody(detailType: string, detail: object): string {
  return JSON.stringify({ version: "0", id: "event-1", source: EVENT_SOURCE, "detail-type": detailType, time: BUS_TIME, detail });
}
