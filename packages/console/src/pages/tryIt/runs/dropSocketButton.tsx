import { useConnection } from "@streamer/react";
import type { ReactElement } from "react";
import { ConsoleCallError } from "../../../api/index.ts";
import { useCommand, useConsole } from "../../../app/consoleContext.ts";
import { Button, Icon } from "../../../ui/index.ts";
import { ownConnection } from "../../../app/identity/ownConnection.ts";

/** Breaks this page's own connection, as a bad network would: without a word to either side. */
export function DropSocketButton(): ReactElement {
  const { api, identity, openedAt, clock } = useConsole();
  const { state } = useConnection();
  const command = useCommand();
  const drop = (): void =>
    command(async () => {
      const { items } = await api.connections();
      const own = ownConnection(items, identity.get(), openedAt.get() ?? clock.now());
      if (own === undefined)
        throw new ConsoleCallError("NOT_FOUND", "The gateway has no connection of this page: it may just be reconnecting.");
      await api.commandConnection(own.connectionId, "drop");
    });
  return (
    <Button
      size="small"
      onClick={drop}
      disabled={state !== "open"}
      title="Breaks this page's connection without a word, as a bad network would"
    >
      <Icon name="plug" size={14} />
      Drop socket
    </Button>
  );
}
