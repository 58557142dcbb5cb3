import { useState } from "react";
import type { ReactElement } from "react";
import { useReadable } from "../../api/index.ts";
import { ownConnection } from "../../app/identity/ownConnection.ts";
import { useConsole } from "../../app/consoleContext.ts";
import { PageHead } from "../../app/pageHead.tsx";
import { Button, ButtonLink, EmptyState, Field, LoadedView } from "../../ui/index.ts";
import { ConnectionCard } from "./list/connectionCard.tsx";
import { matching, summaryOf } from "./list/connectionList.ts";
import type { ConnectionList } from "./list/connectionList.ts";
import { useConnections } from "./list/useConnections.ts";
import "./connections.css";

export function ConnectionsPage(): ReactElement {
  const { loaded, showMore } = useConnections();
  return (
    <div className="page">
      <PageHead title="Connections">Who is connected, what passes, and what each one watches.</PageHead>
      <LoadedView loaded={loaded}>
        {(list) =>
          list.connections.length === 0 ? (
            <EmptyState icon="plug" title="Nobody is connected">
              <ButtonLink href="#/try">Try an action</ButtonLink>
            </EmptyState>
          ) : (
            <Connections list={list} onMore={showMore} />
          )
        }
      </LoadedView>
    </div>
  );
}

function Connections({ list, onMore }: { readonly list: ConnectionList; readonly onMore: () => void }): ReactElement {
  const { identity, openedAt } = useConsole();
  const [text, setText] = useState("");
  const who = useReadable(identity);
  const opened = useReadable(openedAt);
  const shown = matching(list.connections, text);
  const own = opened === undefined ? undefined : ownConnection(list.connections, who, opened);
  return (
    <>
      <div className="connections-tools">
        <Field label="Search" className="connections-search">
          {(control) => (
            <input
              {...control}
              type="search"
              className="input"
              placeholder="User, tenant, id, topic, request"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <p className="muted small number">{summaryOf(list)}</p>
      </div>
      {shown.length === 0 && <EmptyState icon="search" title={`No connection has “${text.trim()}”`} />}
      <ul className="connections-list">
        {shown.map((connection) => (
          <ConnectionCard key={connection.connectionId} connection={connection} own={connection === own} />
        ))}
      </ul>
      {list.more && (
        <div className="row">
          <Button onClick={onMore}>Show more</Button>
        </div>
      )}
    </>
  );
}
