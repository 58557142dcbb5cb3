import type { ReactElement } from "react";
import { Badge, Card, countText, pluralText } from "../../ui/index.ts";
import type { DeadLetters } from "../../contract.ts";

/** What lies in queues of dead letters. Nothing is lost with it: the requests stand in the table. */
export function DeadMessages({ letters: { queues, pipe } }: { readonly letters: DeadLetters }): ReactElement {
  const filled = queues.filter(({ messages }) => messages > 0);
  const none = queues.length - filled.length;
  return (
    <Card title="Messages that nobody could take">
      <ul className="dead-messages">
        {filled.map(({ queue, messages }) => (
          <li key={queue}>
            <div className="row row-between">
              <span className="mono">{queue}</span>
              <Badge tone="bad">{pluralText(messages, "message")}</Badge>
            </div>
            <p className="small muted">
              No worker could read them, or claim their requests. An open request is sent again by the sweeper: nothing is lost. See the
              stack's terminal for the worker's error, mend the processor, then empty the queue.
            </p>
          </li>
        ))}
        {pipe > 0 && (
          <li>
            <div className="row row-between">
              <span className="mono">pipe</span>
              <Badge tone="bad">{pluralText(pipe, "record")}</Badge>
            </div>
            <p className="small muted">
              The Pipe gave up carrying them to the bus. The sweeper starts their requests itself, a minute or two late. If it grows, switch
              chaos off on the Flow page, and run <code>streamer doctor</code>.
            </p>
          </li>
        )}
        {filled.length === 0 && pipe === 0 ? (
          <li className="small muted">None, in the Pipe and {pluralText(queues.length, "queue")}: whatever was sent could be read.</li>
        ) : (
          <li className="small muted">{none > 0 ? `${countText(none)} other ${none === 1 ? "queue has" : "queues have"} none.` : ""}</li>
        )}
      </ul>
    </Card>
  );
}
