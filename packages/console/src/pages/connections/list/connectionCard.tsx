import { useState } from "react";
import type { ReactElement } from "react";
import { useCommand, useConsole, useNow } from "../../../app/consoleContext.ts";
import type { ConnectionView } from "../../../contract.ts";
import { Badge, Button, CopyButton, shortId } from "../../../ui/index.ts";
import { Composer } from "../composer/composer.tsx";
import { ConnectionFacts } from "./connectionFacts.tsx";
import { DisconnectDialog } from "./disconnectDialog.tsx";

export interface ConnectionCardProps {
  readonly connection: ConnectionView;
  /** This page's own. */
  readonly own: boolean;
}

export function ConnectionCard({ connection, own }: ConnectionCardProps): ReactElement {
  const [dialog, setDialog] = useState<"send" | "disconnect">();
  const { userId, tenantId, connectionId, open } = connection;
  const close = (): void => setDialog(undefined);
  return (
    <li className="card connections-card">
      <div className="connections-head">
        <div className="connections-who">
          <h2>{userId}</h2>
          <span className="muted">of {tenantId}</span>
          <Badge tone={open ? "good" : "warn"}>{open ? "Open" : "Leftover"}</Badge>
          {own && <Badge tone="accent">This page</Badge>}
        </div>
        <span className="connections-id small">
          <span className="mono muted">{shortId(connectionId)}</span>
          <CopyButton text={connectionId} label="Copy the connection's id" />
        </span>
      </div>
      {!open && (
        <p className="small muted">
          The gateway has no such socket any more: this record is a leftover. It goes when a message to it fails, when it expires, or by the
          button.
        </p>
      )}
      <ConnectionFacts connection={connection} now={useNow()} />
      <Buttons connection={connection} onSend={() => setDialog("send")} onDisconnect={() => setDialog("disconnect")} />
      {dialog === "send" && <Composer connection={connection} onClose={close} />}
      {dialog === "disconnect" && <DisconnectDialog connection={connection} own={own} onClose={close} />}
    </li>
  );
}

interface ButtonsProps {
  readonly connection: ConnectionView;
  readonly onSend: () => void;
  readonly onDisconnect: () => void;
}

function Buttons({ connection, onSend, onDisconnect }: ButtonsProps): ReactElement {
  const { api } = useConsole();
  const run = useCommand();
  const { connectionId, userId, open } = connection;
  const drop = (): void =>
    run(() => api.commandConnection(connectionId, "drop"), `Dropped the socket of ${userId}. Its client comes back by itself.`);
  const remove = (): void => run(() => api.commandConnection(connectionId, "disconnect"), "Removed the leftover.");
  const label = (what: string): string => `${what}: ${userId}, ${shortId(connectionId)}`;
  if (!open) {
    return (
      <div className="row">
        <Button size="small" aria-label={label("Remove")} onClick={remove}>
          Remove
        </Button>
      </div>
    );
  }
  return (
    <div className="row">
      <Button size="small" aria-label={label("Send a message")} onClick={onSend}>
        Send a message
      </Button>
      <Button size="small" aria-label={label("Drop the socket")} onClick={drop}>
        Drop the socket
      </Button>
      <Button size="small" kind="danger" aria-label={label("Disconnect")} onClick={onDisconnect}>
        Disconnect
      </Button>
    </div>
  );
}
