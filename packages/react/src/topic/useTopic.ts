"use client";

import type { TopicEvent } from "@streamer/client";
import type { REQUESTS_TOPIC, RequestTopicData, TENANT_REQUESTS_TOPIC } from "@streamer/protocol";
import { useEffect, useSyncExternalStore } from "react";
import { useStreamerContext } from "../provider/streamerContext.ts";
import { useStoreFor } from "../useStoreFor.ts";
import { NO_TOPIC, TopicStore } from "./topicStore.ts";
import type { TopicView } from "./topicStore.ts";

/** What a component does when something is heard of a topic. */
export interface UseTopicOptions<Data> {
  /** Called with each event, once. It need not be memoized. */
  readonly onEvent?: ((event: TopicEvent<Data>) => void) | undefined;
  /** Called when the subscription is there again after events may have been missed: fetch anew what they change. It need not be memoized. */
  readonly onGap?: (() => void) | undefined;
}

/**
 * Subscribes to a topic while the component is mounted. Components that name the same topic share one subscription.
 *
 * ```tsx
 * const { members } = useTopic<EventOf<typeof room>>("rooms/lobby", { onEvent: ({ data }) => show(data.text), onGap: refetch });
 * ```
 *
 * @param topic `undefined` subscribes to nothing, and shows `idle`.
 * @throws {Error} outside a `StreamerProvider`.
 */
export function useTopic(
  topic: typeof REQUESTS_TOPIC | typeof TENANT_REQUESTS_TOPIC,
  options?: UseTopicOptions<RequestTopicData>,
): TopicView;
export function useTopic<Data = unknown>(topic: string | undefined, options?: UseTopicOptions<Data>): TopicView;
export function useTopic(topic: string | undefined, { onEvent, onGap }: UseTopicOptions<never> = {}): TopicView {
  const { api } = useStreamerContext("useTopic");
  // A store for each topic: who is in one room is never shown for another.
  const store = useStoreFor([api, topic], () => new TopicStore<never>(api, topic));
  useEffect(() => {
    store.onEvent = onEvent;
    store.onGap = onGap;
  }, [store, onEvent, onGap]);
  return useSyncExternalStore(store.subscribe, store.getState, getServerState);
}

function getServerState(): TopicView {
  return NO_TOPIC;
}
