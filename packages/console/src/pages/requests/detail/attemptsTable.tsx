import type { ReactElement } from "react";
import type { RequestDetail } from "../../../contract.ts";
import { Badge, clockText, durationText, EmptyState, Table } from "../../../ui/index.ts";
import { attemptsOf } from "./attempts.ts";

export function AttemptsTable({ request, now }: { readonly request: RequestDetail; readonly now: number }): ReactElement {
  const attempts = attemptsOf(request, now);
  if (attempts.length === 0) {
    return (
      <EmptyState icon="retry" title="No attempt yet">
        <p>A worker takes it from its queue.</p>
      </EmptyState>
    );
  }
  return (
    <Table label="Attempts">
      <thead>
        <tr>
          <th scope="col">Attempt</th>
          <th scope="col">Ended</th>
          <th scope="col">Started</th>
          <th scope="col" data-align="end">
            Worked
          </th>
          <th scope="col" data-align="end">
            Updates
          </th>
          <th scope="col" data-align="end">
            Came to
          </th>
          <th scope="col">Trouble</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map(({ attempt, end, tone, startedAt, durationMs, updates, percentage, trouble }) => (
          <tr key={attempt}>
            <th scope="row" className="number">
              {attempt}
            </th>
            <td>
              <Badge tone={tone}>{end}</Badge>
            </td>
            <td className="number">{startedAt === undefined ? "–" : clockText(startedAt)}</td>
            <td data-align="end">{durationMs === undefined ? "–" : durationText(durationMs)}</td>
            <td data-align="end">{updates}</td>
            <td data-align="end">{percentage === undefined ? "–" : `${Math.round(percentage)} %`}</td>
            <td className="request-trouble">{trouble ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
