import type { Logger } from "@aws-lambda-powertools/logger";
import { MAX_EVENT_DATA_BYTES } from "@streamer/protocol";
import type { Clock, PublishedOf, Topic, TopicName } from "@streamer/protocol";
import { TerminalError } from "../retry/terminalError.ts";
import { encodeKeyPart, tenantGroup } from "../table/keys.ts";
import { EventTooLargeError } from "./errors.ts";
import type { Publisher } from "./publisher.ts";

/**
 * Sends an event to the subscribers of a topic: of the tenant whose request this is, and of no other. Resolves when the bus has it; they hear
 * it a moment later, those who are connected then. What was not awaited is waited for when the work returns, and its failure is in the log
 * only. An attempt that follows publishes again: what may be heard once only goes into `once`.
 *
 * The promise rejects, and nothing was published, with `EventTooLargeError` over 31,232 bytes of JSON, `TerminalError` when the data does not
 * fit the topic's schema or is no JSON, and `PublishFailedError` (SERVICE_UNAVAILABLE) when the bus did not take it.
 */
export type Publish = <Event extends Topic["event"]>(topic: TopicName<Event>, data: PublishedOf<Topic<string, Event>>) => Promise<void>;

/** `publish` of one piece of work. */
export interface WorkPublish {
  readonly publish: Publish;
  /** Resolves when nothing is under way any more, however it went. */
  readonly settled: () => Promise<void>;
}

export interface PublishRequest {
  readonly tenantId: string;
  readonly correlationId: string;
}

export interface PublishDeps {
  readonly publisher: Publisher;
  readonly clock: Pick<Clock, "now">;
  readonly logger: Pick<Logger, "warn">;
}

export function createPublish({ tenantId, correlationId }: PublishRequest, { publisher, clock, logger }: PublishDeps): WorkPublish {
  const under = new Set<Promise<void>>();

  const put = async (topic: TopicName, data: unknown): Promise<void> => {
    const detail = {
      kind: "published",
      id: crypto.randomUUID(),
      tenant_id: encodeKeyPart(tenantId),
      tenant_group: tenantGroup(tenantId),
      topic: topic.name,
      correlation_id: correlationId,
      data: eventData(topic, data),
      timestamp: Math.floor(clock.now() / 1000),
    } as const;
    await publisher.publish([detail]);
  };

  return {
    publish(topic, data) {
      const done = put(topic, data);
      under.add(done);
      // Nobody need wait for it.
      done.catch((error: unknown) =>
        logger.warn("An event was not published.", { operation: "publish", topic: topic.name, error: error as Error }),
      );
      return done;
    },
    async settled() {
      await Promise.allSettled(under);
    },
  };
}

/** As the topic's schema gives it: JSON can write it, and it is not too large. The publisher writes it, in the same tick. */
export function eventData({ name, topic }: TopicName, given: unknown): unknown {
  const parsed = topic.event["~standard"].validate(given);
  if (parsed instanceof Promise)
    throw new TerminalError(`The event schema of the topic "${topic.name}" validates with a promise. Use one that does not.`);
  if (parsed.issues !== undefined) {
    const cause = new AggregateError(parsed.issues.map(({ message }) => new Error(message)));
    throw new TerminalError(`What was published to "${name}" does not fit the topic's event schema.`, { cause });
  }
  const text = jsonText(name, parsed.value);
  if (text === undefined)
    throw new TerminalError(`What was published to "${name}" is ${typeof parsed.value}, which JSON has no text for. Publish null instead.`);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > MAX_EVENT_DATA_BYTES) throw new EventTooLargeError(name, sizeBytes, MAX_EVENT_DATA_BYTES);
  return parsed.value;
}

function jsonText(name: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new TerminalError(`What was published to "${name}" cannot be written as JSON.`, { cause });
  }
}
