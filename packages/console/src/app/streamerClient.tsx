import { StreamerProvider, useConnection } from "@streamer/react";
import { useEffect } from "react";
import type { ReactElement, ReactNode } from "react";
import { useReadable } from "../api/useReadable.ts";
import { useConsole } from "./consoleContext.ts";

/** The page's own connection, as the user that it is. Another user is another client. */
export function StreamerClientProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const { api, app, identity } = useConsole();
  const who = useReadable(identity);
  return (
    <StreamerProvider key={JSON.stringify(who)} options={{ url: app.websocketUrl, token: () => api.token(who) }}>
      <NoteOpening />
      {children}
    </StreamerProvider>
  );
}

function NoteOpening(): null {
  const { clock, openedAt } = useConsole();
  const { state } = useConnection();
  useEffect(() => {
    if (state === "open") openedAt.set(clock.now());
  }, [state, clock, openedAt]);
  return null;
}
