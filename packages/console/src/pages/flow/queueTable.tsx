import type { ReactElement } from "react";
import type { FlowView } from "../../contract.ts";
import { countText, EmptyState, Table } from "../../ui/index.ts";

/** Of each action with a queue: what waits, what runs, and what was given up. */
export function QueueTable({ queues }: { readonly queues: FlowView["queues"] }): ReactElement {
  if (queues.length === 0) return <EmptyState icon="inbox" title="No action of this app has a queue" />;
  const most = Math.max(1, ...queues.map(({ waiting, running }) => waiting + running));
  return (
    <Table label="What each queue holds">
      <thead>
        <tr>
          <th scope="col">Queue</th>
          <th scope="col" data-align="end">
            Waiting
          </th>
          <th scope="col" data-align="end">
            Running
          </th>
          <th scope="col" data-align="end">
            Dead
          </th>
        </tr>
      </thead>
      <tbody>
        {queues.map(({ action, waiting, running, deadLetters }) => (
          <tr key={action}>
            <th scope="row" className="flow-queue">
              <span className="mono">{action}</span>
              <span className="flow-queue-bar" aria-hidden="true">
                <span data-kind="running" style={{ width: `${(running / most) * 100}%` }} />
                <span data-kind="waiting" style={{ width: `${(waiting / most) * 100}%` }} />
              </span>
            </th>
            <td data-align="end">{countText(waiting)}</td>
            <td data-align="end">{countText(running)}</td>
            <td data-align="end">
              {deadLetters === 0 ? (
                0
              ) : (
                <a href="#/dead-letters" className="flow-dead">
                  {countText(deadLetters)}
                </a>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
