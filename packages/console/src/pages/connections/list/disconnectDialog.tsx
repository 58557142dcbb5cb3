import type { ReactElement } from "react";
import { useCommand, useConsole } from "../../../app/consoleContext.ts";
import type { ConnectionView } from "../../../contract.ts";
import { Button, Dialog } from "../../../ui/index.ts";

export interface DisconnectDialogProps {
  readonly connection: ConnectionView;
  readonly own: boolean;
  readonly onClose: () => void;
}

export function DisconnectDialog({ connection, own, onClose }: DisconnectDialogProps): ReactElement {
  const { api } = useConsole();
  const run = useCommand();
  const { userId, connectionId, requests } = connection;
  const disconnect = (): void => {
    run(() => api.commandConnection(connectionId, "disconnect"), `Disconnected ${userId}.`);
    onClose();
  };
  return (
    <Dialog
      title={`Disconnect ${userId}?`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button kind="danger" onClick={disconnect}>
            Disconnect
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>
          The client is told so, and its connection is closed. Unlike a dropped socket, its record goes at once. A client of Streamer comes
          back by itself, as a new connection, while it gets a token that is accepted.{own && " It is this page's own connection."}
        </p>
        {requests.length > 0 && <p>What it waits for goes on, and can be watched again later.</p>}
      </div>
    </Dialog>
  );
}
