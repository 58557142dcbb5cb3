import type { Logger } from "@aws-lambda-powertools/logger";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import type { SendFailure } from "../connection/errors.ts";
import { inWorkers } from "../connection/inWorkers.ts";
import { leftDetails } from "../topics/presence.ts";
import type { Publisher } from "../topics/publisher.ts";
import type { TopicStore, TopicSubscription } from "../table/topicStore.ts";
import type { TopicGroup } from "./groupByTopic.ts";
import type { NotifyCounts } from "./notifyCounts.ts";
import { eventMessages, presenceMessage } from "./topicMessages.ts";
import type { WrittenMessage } from "./topicMessages.ts";

export interface TellTopicDeps {
  readonly topics: Pick<TopicStore, "listByTopic" | "subscribedOf" | "unsubscribe">;
  readonly connectionManager: Pick<ConnectionManager, "broadcast">;
  readonly publisher: Publisher;
  readonly logger: Pick<Logger, "debug" | "warn" | "error">;
}

/** Subscribers that are read, and held, at a time. */
const PAGE_LIMIT = 1_000;
/** Between two looks at the time that is left: of 25 posts at a time four rounds. */
const CONNECTIONS_TOGETHER = 100;
const REMOVALS_TOGETHER = 10;

/**
 * Tells the subscribers of one topic all that a batch says of it.
 *
 * @throws {TableError} when its subscribers could not be read. Those of earlier pages have been told, and are told again when the messages
 * come again: ids let them drop what they have.
 */
export async function tellTopic(group: TopicGroup, hasTime: () => boolean, counts: NotifyCounts, deps: TellTopicDeps): Promise<void> {
  const { ref, topic } = group;
  const { topics, logger } = deps;
  const presence = await presenceNow(group, topics);
  const joiners = new Set(presence.joined.map((member) => member.connection_id));
  const events = eventMessages(topic, group.events);
  const forAll = [presenceMessage(topic, presence), ...events].filter((message) => message !== undefined);
  if (forAll.length === 0) return;
  const failures = new Map<SendFailure, number>();
  let untold = false;

  const tell = async (subscriptions: readonly TopicSubscription[], messages: readonly WrittenMessage[]): Promise<void> => {
    const open = new Map(subscriptions.map((subscription) => [subscription.connectionId, subscription]));
    const gone: TopicSubscription[] = [];
    for (const { message, text } of messages) {
      if (open.size === 0) break;
      if (!hasTime()) {
        counts.unsent += open.size;
        untold = true;
        continue;
      }
      for (const [connectionId, result] of await deps.connectionManager.broadcast([...open.keys()], message, { text, logger })) {
        counts[result.status] += 1;
        if (result.status === "failed") {
          failures.set(result.error.kind, (failures.get(result.error.kind) ?? 0) + 1);
          logger.debug("A topic's message did not reach a subscriber.", {
            operation: "send",
            connection_id: connectionId,
            error: result.error,
          });
        }
        const subscription = open.get(connectionId);
        if (result.status !== "gone" || subscription === undefined) continue;
        open.delete(connectionId);
        gone.push(subscription);
      }
    }
    await removeGone(gone, deps);
  };

  let cursor: string | undefined;
  do {
    const page = await topics.listByTopic(ref, { limit: PAGE_LIMIT, cursor });
    counts.connections += page.items.length;
    const others = page.items.filter(({ connectionId }) => !joiners.has(connectionId));
    for (let index = 0; index < others.length; index += CONNECTIONS_TOGETHER)
      await tell(others.slice(index, index + CONNECTIONS_TOGETHER), forAll);
    for (const joiner of page.items.filter(({ connectionId }) => joiners.has(connectionId))) {
      const own = presenceMessage(topic, presence, joiner.connectionId);
      await tell([joiner], own === undefined ? events : [own, ...events]);
    }
    cursor = page.cursor;
    if (cursor !== undefined && !hasTime()) {
      untold = true;
      break;
    }
  } while (cursor !== undefined);
  // One line, however many: when the API fails, it fails for all.
  if (failures.size > 0) logger.warn("A topic's messages did not reach some subscribers.", { counts: Object.fromEntries(failures) });
  if (untold)
    logger.error("The function's time ran out: not all subscribers of a topic were told.", {
      messages_unsent: counts.unsent,
      subscribers_unread: cursor !== undefined,
    });
}

/**
 * Who came and left, as it stands now: the bus keeps no order, and may tell that a connection left before it tells that it came. One read by
 * key, when there is anything.
 */
async function presenceNow({ ref, joined, left }: TopicGroup, topics: TellTopicDeps["topics"]) {
  if (joined.length === 0 && left.length === 0) return { joined, left };
  const subscribed = await topics.subscribedOf(ref, [...joined.map((member) => member.connection_id), ...left]);
  return {
    joined: joined.filter((member) => subscribed.has(member.connection_id)),
    left: left.filter((connectionId) => !subscribed.has(connectionId)),
  };
}

/** Never throws: what stays is found gone again, or removed by its TTL. */
async function removeGone(gone: readonly TopicSubscription[], { topics, publisher, logger }: TellTopicDeps): Promise<void> {
  const removed: TopicSubscription[] = [];
  await inWorkers(REMOVALS_TOGETHER, gone, async (subscription) => {
    try {
      const was = await topics.unsubscribe(subscription, subscription.connectionId);
      if (was !== undefined) removed.push(was);
    } catch (error) {
      logger.warn("The topic subscription of a gone connection could not be removed.", {
        connection_id: subscription.connectionId,
        error: error as Error,
      });
    }
  });
  const details = leftDetails(removed);
  if (details.length === 0) return;
  try {
    await publisher.publish(details);
  } catch (error) {
    logger.warn("It could not be told that connections left a topic.", { connections: details.length, error: error as Error });
  }
}
