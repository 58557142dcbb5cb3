import { useState } from "react";
import type { ReactElement } from "react";
import type { RequestDetail } from "../../../contract.ts";
import type { Tab } from "../../../ui/index.ts";
import { ButtonLink, EmptyState, Icon, Json, Tabs } from "../../../ui/index.ts";
import { AttemptsTable } from "./attemptsTable.tsx";
import { Details } from "./details.tsx";
import { linksIn } from "./linksIn.ts";
import { UpdatesLog } from "./updatesLog.tsx";

export function RequestTabs({ request, now }: { readonly request: RequestDetail; readonly now: number }): ReactElement {
  const ended = request.result !== undefined || request.error !== undefined;
  const [chosen, setChosen] = useState<string | undefined>();
  const tabs: readonly Tab[] = [
    { key: "outcome", title: request.error === undefined ? "Result" : "Error", content: <Outcome request={request} /> },
    { key: "payload", title: "Payload", content: <Json label="the payload" value={request.payload} /> },
    { key: "updates", title: `Updates (${request.updates.length})`, content: <UpdatesLog request={request} now={now} /> },
    { key: "attempts", title: `Attempts (${request.attempt})`, content: <AttemptsTable request={request} now={now} /> },
    { key: "details", title: "Details", content: <Details request={request} now={now} /> },
  ];
  return (
    <section className="card" aria-label="All about it">
      <Tabs label="All about it" tabs={tabs} selected={chosen ?? (ended ? "outcome" : "updates")} onSelect={setChosen} />
    </section>
  );
}

function Outcome({ request }: { readonly request: RequestDetail }): ReactElement {
  if (request.error !== undefined) return <Json label="the error" value={request.error} />;
  if (request.result === undefined) {
    return (
      <EmptyState icon="play" title="No result yet">
        <p>{request.status === "completed" ? "It completed without one." : "It shows up here when the request completes."}</p>
      </EmptyState>
    );
  }
  return (
    <div className="stack">
      <div className="row">
        {linksIn(request.result).map(({ name, url }) => (
          <ButtonLink key={`${name} ${url}`} href={url} target="_blank" rel="noopener noreferrer">
            <Icon name="link" />
            Open {name}
          </ButtonLink>
        ))}
      </div>
      <Json label="the result" value={request.result} />
    </div>
  );
}
