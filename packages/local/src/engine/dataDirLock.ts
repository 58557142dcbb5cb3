import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "@streamer/protocol";
import { isAlive } from "./isAlive.ts";

/** A data folder that only this process uses. */
export interface DataDirLock {
  /** Adds a process that also uses the folder: it has to be gone before anyone takes over. */
  addProcess(pid: number): void;
  release(): void;
}

export interface DataDirLockOptions {
  readonly clock: Clock;
  /** The process that owns the lock. Default: this one. */
  readonly pid?: number;
}

interface Holder {
  readonly pid: number;
  readonly startedAt: string;
  readonly processes: readonly number[];
}

/** How long the processes of a killed holder have to go. Their watchdog needs milliseconds. */
const LINGER_MS = 5_000;

/**
 * Takes the folder (and makes it): two engines on one file would both accept writes. A lock whose holder is dead is taken over.
 *
 * @throws when a living process holds it; when one that a dead holder started does not go away.
 */
export async function lockDataDir(dataDir: string, options: DataDirLockOptions): Promise<DataDirLock> {
  const path = join(dataDir, "lock");
  mkdirSync(dataDir, { recursive: true });
  let holder: Holder = { pid: options.pid ?? process.pid, startedAt: new Date(options.clock.now()).toISOString(), processes: [] };
  while (!create(path, holder)) await removeStale(path, dataDir, holder.pid);
  let released = false;
  return {
    addProcess(pid) {
      holder = { ...holder, processes: [...holder.processes, pid] };
      writeFileSync(path, JSON.stringify(holder));
    },
    release() {
      if (!released) rmSync(path, { force: true });
      released = true;
    },
  };
}

function create(path: string, holder: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Returns when the lock is gone or belonged to the dead; what came between is found out by trying to create it again. */
async function removeStale(path: string, dataDir: string, pid: number): Promise<void> {
  const found = read(path);
  if (found === undefined) return;
  const { holder } = found;
  if (holder !== undefined && isAlive(holder.pid)) {
    throw new Error(
      `The data folder ${dataDir} is in use by process ${holder.pid} since ${holder.startedAt}. Stop that one, or use another folder with --data-dir.`,
    );
  }
  for (const process of holder?.processes ?? []) await waitUntilGone(process, path);
  // Moved before it is removed: only one of several that found the same dead holder can move it.
  const aside = `${path}.${pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  const moved = read(aside);
  if (moved !== undefined && moved.text !== found.text) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

function read(path: string): { readonly text: string; readonly holder: Holder | undefined } | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
  return { text, holder: parseHolder(text) };
}

/** Undefined for what a crash left half written. */
function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, startedAt, processes } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === "number" ? { pid, startedAt: startedAt ?? "an unknown time", processes: processes ?? [] } : undefined;
  } catch {
    return undefined;
  }
}

async function waitUntilGone(pid: number, path: string): Promise<void> {
  // Real time, not the clock's: another process does not follow a clock that is advanced by hand.
  const deadline = performance.now() + LINGER_MS;
  while (isAlive(pid)) {
    if (performance.now() > deadline) {
      throw new Error(
        `Process ${pid} still uses the data folder, though the one that started it is gone. End it, or delete ${path} if it is something else.`,
      );
    }
    await wait(10);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
