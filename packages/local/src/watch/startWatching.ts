import { statSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Logger } from "../bus/logger.ts";
import { createCodeFiles } from "./codeFiles.ts";
import { bundleDefinitions } from "./definitions.ts";
import { createReloader } from "./reloader.ts";
import type { ReloaderDeps } from "./reloader.ts";
import { reloadedLines } from "./reloadedLines.ts";
import type { Reloaded, Reloads } from "./types.ts";
import { watchSources } from "./watchSources.ts";

export interface WatchingOptions extends Pick<ReloaderDeps, "wiring" | "wiringOf" | "functions" | "asyncPath" | "clock" | "onDefinitions"> {
  readonly functionsDir: string;
  /** Folder of the folders of bundles: a new one for each reload. */
  readonly codeDir: string;
  /** When the bundles of the start were begun, in ms since 1970: what changed since is taken at once. */
  readonly bundledAt: number;
  readonly logger: Logger;
}

export interface Watching extends Reloads {
  /** Sees no more changes, and waits for a reload under way. */
  stop(): Promise<void>;
}

/** Keeps a running stack at what its sources say, until it is stopped. */
export async function startWatching(options: WatchingOptions): Promise<Watching> {
  const { functionsDir, codeDir, clock, logger, bundledAt } = options;
  const root = await realpath(functionsDir);
  const codeFiles = createCodeFiles(codeDir);
  const listeners = new Set<(reloaded: Reloaded) => void>();
  let waiting = new Set<string>();
  let waitingSince: number | undefined;
  let running: Promise<void> | undefined;
  let lastError: string | undefined;
  let stopped = false;

  const tell = (reloaded: Reloaded): void => {
    // Also of a change that mends nothing: who waits for it must hear; but the same text is printed once.
    const isNewError = reloaded.error !== lastError;
    lastError = reloaded.error;
    for (const line of reloadedLines(reloaded, isNewError)) logger[line.level](line.text, { functions: reloaded.functions });
    for (const listener of listeners) listener(reloaded);
  };

  const run = async (): Promise<void> => {
    while (waitingSince !== undefined && !stopped) {
      const [paths, since] = [waiting, waitingSince];
      waiting = new Set();
      waitingSince = undefined;
      try {
        const reloaded = await reloader.reload(paths, since);
        for (const input of reloader.inputs()) sources.add(dirname(input));
        if (reloaded !== undefined) tell(reloaded);
      } catch (error) {
        logger.error("A change could not be taken over: restart for it.", { error });
      }
    }
    running = undefined;
  };

  const request = (paths: ReadonlySet<string>, sinceMs: number): void => {
    if (stopped) return;
    for (const path of paths) waiting.add(path);
    waitingSince ??= sinceMs;
    running ??= run();
  };

  const sources = watchSources(join(root, "src"), { clock, logger, onChange: request });
  const definitions = await bundleDefinitions(root, await codeFiles.next()).catch((error: unknown) => {
    sources.close();
    throw error;
  });
  const reloader = createReloader({ ...options, root, codeFiles, definitions, onEnded: () => request(new Set(), clock.monotonic()) });
  const inputs = reloader.inputs();
  for (const input of inputs) sources.add(dirname(input));
  const changedSince = [...inputs].filter((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? bundledAt) > bundledAt);
  if (changedSince.length > 0) request(new Set(changedSince), clock.monotonic());

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async stop() {
      stopped = true;
      sources.close();
      await running;
      await codeFiles.clear();
    },
  };
}
