import { isDeepStrictEqual } from "node:util";
import type { ProcessorWiring, Wiring } from "@streamer/server";

/** A processor of this run. `off`: its action was removed. `ending`: and something of it still runs. */
export interface KnownProcessor {
  readonly processor: ProcessorWiring;
  readonly state: "on" | "ending" | "off";
}

export interface ProcessorChanges {
  readonly added: readonly ProcessorWiring[];
  readonly removed: readonly ProcessorWiring[];
  /** Actions whose queue or function was made with other settings. */
  readonly restart: readonly string[];
}

/** What makes the processors of this run those of a wiring. One that is still ending is left alone. */
export function processorChanges(known: ReadonlyMap<string, KnownProcessor>, { processors }: Wiring): ProcessorChanges {
  const wanted = new Set(processors.map(({ action }) => action));
  const differs = (processor: ProcessorWiring): boolean => {
    const there = known.get(processor.action);
    return there !== undefined && !isDeepStrictEqual(there.processor, processor);
  };
  return {
    added: processors.filter((processor) => !differs(processor) && (known.get(processor.action)?.state ?? "off") === "off"),
    removed: [...known.values()]
      .filter(({ state, processor }) => state === "on" && !wanted.has(processor.action))
      .map((one) => one.processor),
    restart: processors.filter(differs).map(({ action }) => action),
  };
}
