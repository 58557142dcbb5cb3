import type { TopicEventDetail } from "../pipe/topicEvent.ts";
import { PublishFailedError } from "../topics/errors.ts";
import type { Publisher } from "../topics/publisher.ts";

/** A bus for topics that remembers what it took. */
export interface RecordedPublisher extends Publisher {
  readonly details: readonly TopicEventDetail[];
  /** It takes nothing, so many times; default from now on. */
  fail(times?: number): void;
}

export function createRecordedPublisher(): RecordedPublisher {
  const details: TopicEventDetail[] = [];
  let failures = 0;
  return {
    details,
    fail: (times = Number.POSITIVE_INFINITY) => void (failures = times),
    async publish(given) {
      if (failures > 0) {
        failures -= 1;
        throw new PublishFailedError(new Error("as the test asks"));
      }
      // As the bus has it.
      details.push(...(JSON.parse(JSON.stringify(given)) as TopicEventDetail[]));
    },
  };
}
