import { readdirSync, statSync, watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { join } from "node:path";
import type { Clock, Timer } from "@streamer/protocol";
import type { Logger } from "../bus/logger.ts";

export interface WatchSourcesDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with the paths that changed, when nothing has for a moment. Absolute paths; of those that went, too. */
  readonly onChange: (paths: ReadonlySet<string>, firstAtMs: number) => void;
}

export interface SourceWatch {
  /** Watches this directory as well, without those in it. */
  add(directory: string): void;
  close(): void;
}

/** An editor writes a file in several steps, and a branch is many files: one reload for all that comes closer together than this. */
const QUIET_MS = 40;

/**
 * Watches a directory and those in it: one watch each, and not one for each file, as only a directory's tells of editors that put another
 * file in the old one's place. `node_modules` and what begins with a dot is left out.
 */
export function watchSources(root: string, { clock, logger, onChange }: WatchSourcesDeps): SourceWatch {
  const watchers = new Map<string, FSWatcher>();
  let changed = new Set<string>();
  let firstAtMs = 0;
  let quiet: Timer | undefined;
  let closed = false;

  const flush = (): void => {
    const paths = changed;
    changed = new Set();
    onChange(paths, firstAtMs);
  };

  const note = (path: string): void => {
    if (closed) return;
    if (changed.size === 0) firstAtMs = clock.monotonic();
    changed.add(path);
    quiet?.cancel();
    quiet = clock.after(QUIET_MS, flush);
  };

  const forget = (directory: string): void => {
    watchers.get(directory)?.close();
    watchers.delete(directory);
  };

  const add = (directory: string, isDeep: boolean): void => {
    if (closed || watchers.has(directory)) return;
    try {
      const watcher = watch(directory, (_type, name) => {
        if (name === null || name.startsWith(".") || name === "node_modules") return;
        const path = join(directory, name);
        note(path);
        if (isDeep) follow(path);
      });
      watcher.on("error", (error) => {
        logger.warn("A directory is not watched any more.", { directory, error });
        forget(directory);
      });
      watchers.set(directory, watcher);
    } catch (error) {
      logger.warn("A directory cannot be watched: changes in it ask for a restart.", { directory, error });
    }
  };

  /** Watches a directory that has come, and forgets one that went. What came with it is a change too. */
  const follow = (path: string): void => {
    const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    if (!isDirectory) return forget(path);
    if (!watchers.has(path)) addTree(path, note);
  };

  const addTree = (directory: string, onFile: (path: string) => void): void => {
    // Before it is read, so that nothing can come in between.
    add(directory, true);
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) addTree(path, onFile);
      else onFile(path);
    }
  };

  addTree(root, () => {});
  return {
    add: (directory) => add(directory, false),
    close() {
      closed = true;
      quiet?.cancel();
      for (const directory of watchers.keys()) forget(directory);
    },
  };
}
