import { useEffect, useMemo, useRef } from "react";
import type { ReactElement } from "react";
import { useLoaded } from "../api/useLoaded.ts";
import { useReadable } from "../api/useReadable.ts";
import { ConnectionsPage } from "../pages/connections/page.tsx";
import { DeadLettersPage } from "../pages/deadLetters/page.tsx";
import { FlowPage } from "../pages/flow/page.tsx";
import { RequestsPage } from "../pages/requests/page.tsx";
import { RequestPage } from "../pages/requests/requestPage.tsx";
import { TryItPage } from "../pages/tryIt/page.tsx";
import { LoadedView } from "../ui/index.ts";
import { ConsoleContext } from "./consoleContext.ts";
import type { ConsoleServices } from "./consoleContext.ts";
import { ErrorBoundary } from "./errorBoundary.tsx";
import { hrefOf } from "./route.ts";
import type { Route } from "./route.ts";
import { Shell } from "./shell.tsx";
import { StreamerClientProvider } from "./streamerClient.tsx";
import { useRoute } from "./useRoute.ts";

export function App({ services }: { readonly services: ConsoleServices }): ReactElement {
  const app = useLoaded("app", (signal) => services.api.app(signal));
  useEffect(() => {
    const stop = services.live.start();
    return () => void stop();
  }, [services]);
  useReloadedApp(services, app.reload);
  const { data } = app;
  const value = useMemo(() => (data === undefined ? undefined : { ...services, app: data }), [services, data]);
  const route = useRoute();
  if (value === undefined) return <main className="main">{<LoadedView loaded={app}>{() => null}</LoadedView>}</main>;
  const place = route.page === "try" ? "try" : hrefOf(route);
  return (
    <ConsoleContext value={value}>
      <StreamerClientProvider>
        <Shell place={place}>
          <ErrorBoundary key={place}>
            <PageOf route={route} />
          </ErrorBoundary>
        </Shell>
      </StreamerClientProvider>
    </ConsoleContext>
  );
}

/** Functions that were loaded anew may have other actions; a stack that was away may be another. */
function useReloadedApp({ live }: ConsoleServices, reload: () => void): void {
  const reloaded = useReadable(live.reloaded);
  const generation = useReadable(live.generation);
  const first = useRef(true);
  useEffect(() => {
    if (reloaded === undefined && generation <= 1 && first.current) return;
    first.current = false;
    reload();
  }, [reloaded, generation, reload]);
}

function PageOf({ route }: { readonly route: Route }): ReactElement {
  switch (route.page) {
    case "try":
      return <TryItPage action={route.action} requestId={route.requestId} />;
    case "requests":
      return <RequestsPage />;
    case "request":
      return <RequestPage tenantId={route.tenantId} requestId={route.requestId} />;
    case "dead-letters":
      return <DeadLettersPage />;
    case "connections":
      return <ConnectionsPage />;
    case "flow":
      return <FlowPage />;
  }
}
