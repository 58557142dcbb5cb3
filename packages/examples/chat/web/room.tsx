import { useConnection } from "@streamer/react";
import { useEffect, useRef } from "react";
import type { ReactElement } from "react";
import { Composer } from "./composer.tsx";
import { Face } from "./face.tsx";
import { Line, OutgoingLine } from "./lines.tsx";
import { useOutbox } from "./useOutbox.ts";
import { useRoom } from "./useRoom.ts";

export interface RoomProps {
  readonly room: string;
  readonly user: string;
}

export function Room({ room, user }: RoomProps): ReactElement {
  const { messages, people, upToDate, error, say } = useRoom(room);
  const { outgoing, send, sendAgain } = useOutbox(say);
  const connection = useConnection();
  const log = useRef<HTMLDivElement>(null);
  const newest = outgoing.at(-1)?.id ?? messages.at(-1)?.id;
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [newest]);

  return (
    <main className="room">
      <section className="people" aria-label="Who is here">
        <h2>{people === undefined ? "Coming in …" : `${people.length} here`}</h2>
        <ul>
          {people?.map(({ userId }) => (
            <li key={userId}>
              <Face name={userId} />
              <span className="name">
                {userId}
                {userId === user && <span className="muted"> (you)</span>}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section className="talk" aria-label={`Room ${room}`}>
        {error !== undefined && (
          <p className="notice" data-kind="bad" role="alert">
            {error.message}
          </p>
        )}
        {error === undefined && !upToDate && connection.state !== "open" && messages.length > 0 && (
          <p className="notice" role="status">
            No connection. What is said meanwhile comes when it is back.
          </p>
        )}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
        <div className="log" role="log" aria-label="Messages" aria-busy={!upToDate} tabIndex={0} ref={log}>
          {upToDate && messages.length === 0 && outgoing.length === 0 && <p className="empty muted">Nobody has said anything here yet.</p>}
          <ol>
            {messages.map((message, index) => (
              <Line key={message.id} message={message} own={message.from === user} follows={messages[index - 1]?.from === message.from} />
            ))}
            {outgoing.map((message) => (
              <OutgoingLine key={message.id} message={message} sendAgain={sendAgain} />
            ))}
          </ol>
        </div>
        <Composer room={room} send={send} />
      </section>
    </main>
  );
}
