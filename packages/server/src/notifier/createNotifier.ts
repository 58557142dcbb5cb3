import type { Logger } from "@aws-lambda-powertools/logger";
import { systemClock } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import * as v from "valibot";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import { inWorkers } from "../connection/inWorkers.ts";
import { msSince } from "../observability/msSince.ts";
import type { NotifierMetricName } from "../observability/metrics.ts";
import { noTracer } from "../observability/tracing/tracer.ts";
import type { Tracer } from "../observability/tracing/tracer.ts";
import type { TopicStore } from "../table/topicStore.ts";
import type { Publisher } from "../topics/publisher.ts";
import { groupByTopic } from "./groupByTopic.ts";
import { noCounts, reportCounts } from "./notifyCounts.ts";
import type { NotifyCounts } from "./notifyCounts.ts";
import { tellTopic } from "./tellTopic.ts";
import { readRecord } from "./told.ts";
import type { Told } from "./told.ts";

/** How much the notifier does at a time. */
export interface NotifierConfig {
  /** Topics of a batch that are told at a time. Default 5. Posts that are under way together are the connection manager's to bound. */
  readonly concurrency?: number;
}

/** What the notifier needs of the world; `notifierDeps()` of `@streamer/server/aws` has it. */
export interface NotifierDeps {
  readonly topics: Pick<TopicStore, "listByTopic" | "subscribedOf" | "unsubscribe">;
  readonly connectionManager: Pick<ConnectionManager, "broadcast">;
  /** Tells that a connection which is gone has left. */
  readonly publisher: Publisher;
  readonly logger: Logger;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, "monotonic">;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
  /** Keeps a value for the end of the invocation. */
  readonly addMetric: (name: NotifierMetricName, value: number) => void;
  /** Called once at the end of each invocation. */
  readonly publishMetrics: () => Promise<void>;
}

/** What Lambda reads of it says which messages come again; the counts are for whoever calls it otherwise. */
export type NotifierResult = SQSBatchResponse & { readonly counts: Readonly<NotifyCounts> };

/** The function of the notifier's queue; of Lambda's context only the time left is read. */
export type NotifierHandler = (event: SQSEvent, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<NotifierResult>;

const DEFAULT_CONCURRENCY = 5;
/** With less time left than this nothing more is begun: of a hundred posts that each take their whole time, and what follows them. */
export const MIN_REMAINING_MS = 15_000;

/**
 * Tells the subscribers of topics what a batch of messages says: grouped by topic, so that its subscribers are read once for all of it. At
 * least once for those who are connected and can be reached: a message comes again when the subscribers of its topic could not be read, and
 * never for the sake of one connection. What cannot be read at all comes again too, and so ends in the dead letters; the others go on.
 */
export function createNotifier({ concurrency = DEFAULT_CONCURRENCY }: NotifierConfig, deps: NotifierDeps): NotifierHandler {
  const { tracer = noTracer, clock = systemClock } = deps;

  /** `undefined` for what is no event of ours. */
  const read = (record: SQSRecord, logger: Logger): readonly Told[] | undefined => {
    try {
      return readRecord(record);
    } catch (error) {
      logger.error("A message of the notifier's queue cannot be read; it goes back, and ends in the dead letters.", {
        message_id: record.messageId,
        // The error itself is logged without its text, which quotes the value.
        ...(v.isValiError(error) ? { fields: error.issues.map((issue) => v.getDotPath(issue)) } : {}),
        error: error as Error,
      });
      return undefined;
    }
  };

  const notify: NotifierHandler = async (event, context) => {
    const hasTime = (): boolean => context.getRemainingTimeInMillis() >= MIN_REMAINING_MS;
    const counts = noCounts();
    const startedAt = clock.monotonic();
    const logger = deps.logger.createChild();
    logger.appendKeys({ operation: "notify", correlation_id: crypto.randomUUID() });
    const returned = new Set<string>();
    const batch: { readonly record: SQSRecord; readonly told: readonly Told[] }[] = [];
    for (const record of event.Records) {
      const told = read(record, logger);
      if (told === undefined) returned.add(record.messageId);
      else batch.push({ record, told });
    }
    const groups = groupByTopic(batch);
    await inWorkers(concurrency, groups, async (group) => {
      counts.topics += 1;
      const [only, ...others] = group.correlationIds;
      const groupLogger = logger.createChild();
      // What is said of several requests belongs to none of them.
      groupLogger.appendKeys({
        tenant_id: group.ref.tenantId,
        topic: group.topic,
        ...(only !== undefined && others.length === 0 ? { correlation_id: only } : {}),
      });
      for (const correlation_id of group.correlationIds) groupLogger.debug("The subscribers of a topic are told.", { correlation_id });
      counts.events += group.events.length + group.joined.length + group.left.length;
      try {
        if (!hasTime()) throw new Error("The function's time ran out before the topic's turn.");
        const about = { tenant_id: group.ref.tenantId };
        await tracer.segment("topic", () => tellTopic(group, hasTime, counts, { ...deps, logger: groupLogger }), about);
      } catch (error) {
        for (const messageId of group.messageIds) returned.add(messageId);
        groupLogger.error("The subscribers of a topic could not be told; its messages go back to the queue.", {
          messages: group.messageIds.size,
          error: error as Error,
        });
      }
    });
    counts.returned = returned.size;
    logger.debug("A batch of the notifier ended.", { counts: { ...counts }, duration_ms: msSince(clock, startedAt) });
    await publish(counts, { ...deps, logger });
    return { batchItemFailures: [...returned].map((itemIdentifier) => ({ itemIdentifier })), counts };
  };

  return (event, context) => tracer.segment("notify", () => notify(event, context));
}

async function publish(counts: NotifyCounts, { addMetric, publishMetrics, logger }: NotifierDeps): Promise<void> {
  reportCounts(counts, addMetric);
  try {
    await publishMetrics();
  } catch (error) {
    // Those who were told would be told again for the sake of a number.
    logger.warn("The metrics of a batch could not be published.", { operation: "measure", error: error as Error });
  }
}
