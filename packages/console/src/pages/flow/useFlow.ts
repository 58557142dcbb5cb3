import { useReadable, useLoaded } from "../../api/index.ts";
import type { Loaded } from "../../api/index.ts";
import { useConsole } from "../../app/consoleContext.ts";
import type { FlowView } from "../../contract.ts";

/** The flow's figures: fetched when the stream begins, then as it tells them, each second. */
export function useFlow(): Loaded<FlowView> {
  const { api, live } = useConsole();
  const generation = useReadable(live.generation);
  const loaded = useLoaded(`flow ${generation}`, (signal) => api.flow(signal));
  const told = useReadable(live.flow);
  if (told === undefined || (loaded.data !== undefined && loaded.data.at > told.at)) return loaded;
  return { ...loaded, data: told, error: undefined };
}
