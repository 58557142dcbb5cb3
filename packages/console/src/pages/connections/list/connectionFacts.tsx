import type { ReactElement, ReactNode } from "react";
import { hrefOf } from "../../../app/route.ts";
import type { ConnectionView } from "../../../contract.ts";
import { countText, shortId, Time } from "../../../ui/index.ts";

/** Of a long list this many are shown; the rest is counted. */
const SHOWN = 8;

export function ConnectionFacts({ connection, now }: { readonly connection: ConnectionView; readonly now: number }): ReactElement {
  const { tenantId, permissions, requests, topics, userAgent, ipAddress } = connection;
  return (
    <dl className="connections-facts small">
      <Fact title="Connected">
        <Time at={connection.connectedAt} now={now} />
      </Fact>
      <Fact title="Last message">
        <Time at={connection.lastMessageAt} now={now} />
      </Fact>
      <Fact title="Messages">
        <span className="number">
          {countText(connection.messagesReceived)} from it, {countText(connection.messagesSent)} to it
        </span>
      </Fact>
      <Fact title={connection.tokenExpiresAt > now ? "Token expires" : "Token expired"}>
        <Time at={connection.tokenExpiresAt} now={now} />
      </Fact>
      <Fact title="Permissions">
        <Some items={permissions} none="none" render={(permission) => <code>{permission}</code>} />
      </Fact>
      <Fact title="Watches">
        <Some
          items={requests}
          none="no request"
          render={(requestId) => (
            <a className="mono" href={hrefOf({ page: "request", tenantId, requestId })}>
              {shortId(requestId)}
            </a>
          )}
        />
      </Fact>
      <Fact title="Topics">
        <Some items={topics} none="none" render={(topic) => <code>{topic}</code>} />
      </Fact>
      {(ipAddress ?? userAgent) !== undefined && (
        <Fact title="Client">
          <span className="mono">{ipAddress}</span>
          <span className="connections-agent muted" title={userAgent}>
            {userAgent}
          </span>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface SomeProps {
  readonly items: readonly string[];
  readonly none: string;
  readonly render: (item: string) => ReactNode;
}

function Some({ items, none, render }: SomeProps): ReactElement {
  if (items.length === 0) return <span className="muted">{none}</span>;
  const rest = items.length - SHOWN;
  return (
    <span className="connections-some">
      {items.slice(0, SHOWN).map((item) => (
        <span key={item}>{render(item)}</span>
      ))}
      {rest > 0 && <span className="muted">and {countText(rest)} more</span>}
    </span>
  );
}
