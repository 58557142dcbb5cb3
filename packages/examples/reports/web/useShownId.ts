import { useCallback, useSyncExternalStore } from "react";

/** Which report the page shows, kept in its address after `#`: it survives a reload, and the link opens it in another tab. */
export function useShownId(): readonly [string | undefined, (id: string) => void] {
  const hash = useSyncExternalStore(subscribe, () => globalThis.location.hash);
  const show = useCallback((id: string) => {
    globalThis.location.hash = id;
  }, []);
  const id = hash.slice(1);
  return [id === "" ? undefined : id, show];
}

function subscribe(onChange: () => void): () => void {
  globalThis.addEventListener("hashchange", onChange);
  return () => globalThis.removeEventListener("hashchange", onChange);
}
