import type { ReactElement } from "react";
import type { Message } from "../functions/src/message.ts";
import { Face } from "./face.tsx";
import type { Outgoing } from "./useOutbox.ts";

export interface LineProps {
  readonly message: Message;
  readonly own: boolean;
  /** Whether the message before it is of the same user. */
  readonly follows: boolean;
}

export function Line({ message: { from, text, sent_at }, own, follows }: LineProps): ReactElement {
  const at = new Date(sent_at);
  return (
    <li className="line" data-own={own} data-follows={follows}>
      <p className="by small">
        <Face name={from} />
        <b>{from}</b>
        <time className="muted" dateTime={at.toISOString()}>
          {at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}
        </time>
      </p>
      <p className="text">{text}</p>
    </li>
  );
}

export interface OutgoingLineProps {
  readonly message: Outgoing;
  readonly sendAgain: (message: Outgoing) => void;
}

export function OutgoingLine({ message, sendAgain }: OutgoingLineProps): ReactElement {
  return (
    <li className="outgoing" data-own="true">
      <p className="text">{message.text}</p>
      {message.problem === undefined ? (
        <p className="small muted">Sending …</p>
      ) : (
        <p className="notice" data-kind="bad" role="alert">
          Not sent: {message.problem}{" "}
          <button type="button" className="button" onClick={() => sendAgain(message)}>
            Try again
          </button>
        </p>
      )}
    </li>
  );
}
