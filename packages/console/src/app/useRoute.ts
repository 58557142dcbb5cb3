import { useMemo, useSyncExternalStore } from "react";
import { routeOf } from "./route.ts";
import type { Route } from "./route.ts";

export function useRoute(): Route {
  const hash = useSyncExternalStore(onHashChange, () => location.hash);
  return useMemo(() => routeOf(hash), [hash]);
}

function onHashChange(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}
