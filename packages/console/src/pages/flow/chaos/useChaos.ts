import { useEffect, useMemo } from "react";
import { useReadable } from "../../../api/index.ts";
import { useConsole } from "../../../app/consoleContext.ts";
import type { ChaosChange, ChaosView } from "../../../contract.ts";
import { createChaosStore } from "./chaosStore.ts";

/** Chaos of the running stack, counted anew with each tick of the flow while it is on. */
export function useChaos(): readonly [ChaosView, (change: ChaosChange) => void] {
  const { api, app, live, toasts } = useConsole();
  const store = useMemo(
    () => createChaosStore(app.chaos, { api, onRefused: (sentence) => toasts.show(sentence, "bad") }),
    [api, app, toasts],
  );
  const view = useReadable(store.view);
  const tick = useReadable(live.flow)?.at;
  // What was under way when it was switched off is counted until the page is opened again.
  const counting = view.on ? tick : undefined;
  useEffect(() => void store.refresh(), [store, counting]);
  return [view, (change) => void store.change(change)];
}
