import type { NotifierMetricName } from "../observability/metrics.ts";

/** What one batch of the notifier came to, in numbers. */
export interface NotifyCounts {
  /** Events, and comings and goings, that were to be told: one that is of two topics counts twice. */
  events: number;
  topics: number;
  /** Subscribers that were read, over all topics. */
  connections: number;
  /** Messages that reached their connection. */
  sent: number;
  /** Connections that were gone. Their subscriptions were removed. */
  gone: number;
  /** Messages that did not reach a connection that may still be there. */
  failed: number;
  /** Messages that there was no time for. */
  unsent: number;
  /** Messages of the queue that come again, or end in the dead letters. */
  returned: number;
}

export function noCounts(): NotifyCounts {
  return { events: 0, topics: 0, connections: 0, sent: 0, gone: 0, failed: 0, unsent: 0, returned: 0 };
}

/** The counts as metrics, those there are. */
export function reportCounts(counts: NotifyCounts, add: (name: NotifierMetricName, value: number) => void): void {
  const some = (name: NotifierMetricName, value: number): void => {
    if (value > 0) add(name, value);
  };
  some("TopicMessages", counts.sent);
  some("TopicMessagesLost", counts.failed + counts.unsent);
}
