import { StreamerError } from "@streamer/client";
import { useCallback, useRef, useState } from "react";

/** A message on its way. */
export interface Outgoing {
  /** Of its request: sent again under the same id, it is the same message. */
  readonly id: string;
  readonly text: string;
  /** Why it was not taken; `undefined` while it is on its way. */
  readonly problem: string | undefined;
}

export interface Outbox {
  /** In the order in which they were written. */
  readonly outgoing: readonly Outgoing[];
  readonly send: (text: string) => void;
  readonly sendAgain: (message: Outgoing) => void;
}

/**
 * What was written and is not said yet. One goes after the other, for two that are under way at once may be taken in either order; and the
 * writer need not wait.
 *
 * @param say resolves when the message was taken.
 */
export function useOutbox(say: (text: string, id: string) => Promise<void>): Outbox {
  const [outgoing, setOutgoing] = useState<readonly Outgoing[]>([]);
  const last = useRef(Promise.resolve());

  const deliver = useCallback(
    (message: Outgoing) => {
      const attempt = async (): Promise<void> => {
        try {
          await say(message.text, message.id);
          setOutgoing((all) => all.filter(({ id }) => id !== message.id));
        } catch (error) {
          const problem = error instanceof StreamerError ? error.message : String(error);
          setOutgoing((all) => all.map((one) => (one.id === message.id ? { ...one, problem } : one)));
        }
      };
      last.current = last.current.then(attempt);
    },
    [say],
  );

  const send = useCallback(
    (text: string) => {
      const message: Outgoing = { id: crypto.randomUUID(), text, problem: undefined };
      setOutgoing((all) => [...all, message]);
      deliver(message);
    },
    [deliver],
  );
  const sendAgain = useCallback(
    (message: Outgoing) => {
      setOutgoing((all) => all.map((one) => (one.id === message.id ? { ...one, problem: undefined } : one)));
      deliver(message);
    },
    [deliver],
  );
  return { outgoing, send, sendAgain };
}
