import { membersByUser } from "@streamer/client";
import type { AnyStreamerError, TopicUser } from "@streamer/client";
import type { EventOf } from "@streamer/protocol";
import { useStreamer, useTopic } from "@streamer/react";
import { useCallback, useEffect, useState } from "react";
import type { App } from "../functions/src/actions/index.ts";
import type { Message } from "../functions/src/message.ts";
import type { room as chatRoom } from "../functions/src/topics.ts";

export interface RoomView {
  /** Oldest first. */
  readonly messages: readonly Message[];
  /** Who is here, a user with two tabs once; `undefined` before the server has said. */
  readonly people: readonly TopicUser[] | undefined;
  /** Whether what is shown is all there is: the history was fetched since the subscription began. */
  readonly upToDate: boolean;
  readonly error: AnyStreamerError | undefined;
  /** @throws {AnyStreamerError} when it was not said. The same id again is the same message. */
  readonly say: (text: string, id: string) => Promise<void>;
}

/**
 * A room: its history from the app's store, and from then on what comes live. The subscription is there first, so that nothing is said in
 * between; after each break the history is fetched anew, for events that were missed do not come again.
 */
export function useRoom(room: string): RoomView {
  const api = useStreamer<App>();
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [fetched, setFetched] = useState(false);
  const [fetchError, setFetchError] = useState<AnyStreamerError>();
  const add = useCallback((more: readonly Message[]) => setMessages((known) => merged(known, more)), []);
  const { state, members, gaps, error } = useTopic<EventOf<typeof chatRoom>>(`rooms/${room}`, { onEvent: ({ data }) => add([data]) });

  useEffect(() => {
    if (state !== "subscribed") return undefined;
    let current = true;
    const fetchHistory = async (): Promise<void> => {
      try {
        const history = await api.recentMessages.submit({ room }).result();
        add(history.messages);
        if (!current) return;
        setFetched(true);
        setFetchError(undefined);
      } catch (reason) {
        // The client rejects with nothing else.
        if (current) setFetchError(reason as AnyStreamerError);
      }
    };
    void fetchHistory();
    return () => {
      current = false;
    };
  }, [api, room, state, gaps, add]);

  const say = useCallback(
    async (text: string, id: string) => {
      const { message } = await api.say.submit({ room, text }, { id }).result();
      // It comes as an event too, in a moment; shown is what comes first.
      add([message]);
    },
    [api, room, add],
  );
  return {
    messages,
    people: members && membersByUser(members),
    upToDate: fetched && state === "subscribed",
    error: error ?? fetchError,
    say,
  };
}

/** Each message once, whichever way it came, in the order in which the server took them. */
function merged(known: readonly Message[], more: readonly Message[]): readonly Message[] {
  const byId = new Map([...more, ...known].map((message) => [message.id, message]));
  return [...byId.values()].toSorted((a, b) => a.sent_at - b.sent_at || (a.id < b.id ? -1 : 1));
}
