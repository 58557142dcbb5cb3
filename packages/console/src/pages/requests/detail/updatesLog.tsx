import type { ReactElement } from "react";
import type { RequestDetail, UpdateView } from "../../../contract.ts";
import { clockText, durationText, EmptyState, pluralText, Table } from "../../../ui/index.ts";

/** Newest first. More would make the page slow; all of them are what the client got. */
const MAX_SHOWN = 200;

export function UpdatesLog({ request, now }: { readonly request: RequestDetail; readonly now: number }): ReactElement {
  const { updates, createdAt } = request;
  if (updates.length === 0) {
    return (
      <EmptyState icon="list" title="No updates">
        <p>Progress and chunks that its worker sends show up here, and stay for whoever comes later.</p>
      </EmptyState>
    );
  }
  const shown = updates.toReversed().slice(0, MAX_SHOWN);
  return (
    <div className="stack">
      <Table label="Updates, newest first">
        <thead>
          <tr>
            <th scope="col" data-align="end">
              No.
            </th>
            <th scope="col">At</th>
            <th scope="col" data-align="end">
              Attempt
            </th>
            <th scope="col">What</th>
            <th scope="col">With</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((update) => (
            <tr key={`${update.attempt}/${update.sequence}`}>
              <td data-align="end">{update.sequence}</td>
              <td className="number">
                {update.at === undefined ? (
                  "–"
                ) : (
                  <time dateTime={new Date(update.at).toISOString()} title={`${durationText(now - update.at)} ago`}>
                    {clockText(update.at)} <span className="muted">+{durationText(update.at - createdAt)}</span>
                  </time>
                )}
              </td>
              <td data-align="end">{update.attempt}</td>
              <td>{whatOf(update)}</td>
              <td className="mono request-with">{withOf(update)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      {shown.length < updates.length && (
        <p className="small muted">{pluralText(updates.length - shown.length, "older one is", "older ones are")} not shown.</p>
      )}
    </div>
  );
}

function whatOf({ kind, percentage, message }: UpdateView): string {
  if (kind === "chunk") return "Chunk";
  const share = percentage === undefined ? "" : `${Math.round(percentage)} %`;
  return [share, message ?? ""].filter((part) => part !== "").join(" · ") || "Progress";
}

function withOf({ data, metadata }: UpdateView): string {
  const value = data ?? metadata;
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
