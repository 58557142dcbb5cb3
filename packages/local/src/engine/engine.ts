import { existsSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "@streamer/protocol";
import { resolveBinary } from "./binary.ts";
import { lockDataDir } from "./dataDirLock.ts";
import type { DataDirLock } from "./dataDirLock.ts";
import { startGuarded } from "./guardedProcess.ts";
import type { GuardedProcess, ProcessExit } from "./guardedProcess.ts";
import { indexStreamRecords } from "./streamIndex.ts";

export interface EngineLogger {
  error(message: string, fields?: Record<string, unknown>): void;
}

export interface EngineOptions {
  /** Folder of the data; made when missing. The table is in `table.db`: delete the folder to begin anew. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: EngineLogger;
  /** Called when the engine ends by itself. It is not started again: what it served may be gone. */
  readonly onExit?: (error: Error) => void;
}

/** A DynamoDB on this machine. */
export interface Engine {
  /** For the SDK's `endpoint`. */
  readonly endpoint: string;
  /** The engine's process. */
  readonly pid: number;
  /** Resolves when the process is gone and the folder is free. */
  stop(): Promise<void>;
}

/** How long the engine has to answer. It needs milliseconds. */
const START_TIMEOUT_MS = 10_000;
const POLL_MS = 5;
const START_TRIES = 3;

/**
 * Starts dynoxide on a free port of the loopback interface.
 *
 * @throws when there is no program for this machine, the folder is in use, or the engine does not answer.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, clock } = options;
  const program = resolveBinary();
  const lock = await lockDataDir(dataDir, { clock });
  try {
    const file = join(dataDir, "table.db");
    // The engine makes the tables of a new file when it first opens it; only then can they be given the index.
    if (!existsSync(file)) await (await serve(program, file, lock)).engine.stop();
    indexStreamRecords(file);
    const { engine, endpoint } = await serve(program, file, lock);
    const stopping = new AbortController();
    void reportExit(engine, stopping.signal, options);
    return {
      endpoint,
      pid: engine.pid,
      async stop() {
        stopping.abort();
        await engine.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function reportExit(engine: GuardedProcess, stopping: AbortSignal, { logger, onExit }: EngineOptions): Promise<void> {
  const { code, output } = await engine.exited;
  if (stopping.aborted) return;
  const error = new Error(`The DynamoDB engine ended unexpectedly (exit code ${code}). Start again: the data is kept. It wrote: ${output}`);
  logger.error(error.message);
  onExit?.(error);
}

interface Served {
  readonly engine: GuardedProcess;
  readonly endpoint: string;
}

/** Another process may take the port between our finding it and the engine's taking it: then the next one is tried. */
async function serve(program: string, file: string, lock: DataDirLock): Promise<Served> {
  const failures: unknown[] = [];
  while (failures.length < START_TRIES) {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const engine = await startGuarded(program, ["serve", "--host", "127.0.0.1", "--port", String(port), "--db-path", file]);
    lock.addProcess(engine.pid);
    try {
      await untilAnswering(endpoint, engine);
      return { engine, endpoint };
    } catch (error) {
      failures.push(error);
      await engine.stop();
    }
  }
  throw new AggregateError(
    failures,
    `The DynamoDB engine did not start in ${START_TRIES} tries. The last time: ${String(failures.at(-1))}`,
  );
}

/** In real time: another process does not follow a clock that is advanced by hand. */
async function untilAnswering(endpoint: string, engine: GuardedProcess): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  let exit: ProcessExit | undefined;
  void engine.exited.then((ended) => (exit = ended));
  while (performance.now() < deadline) {
    if (exit !== undefined) throw new Error(`The DynamoDB engine ended at its start (exit code ${exit.code}): ${exit.output}`);
    const response = await fetch(endpoint).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok === true) return;
    await wait(POLL_MS);
  }
  throw new Error(`The DynamoDB engine did not answer at ${endpoint} within ${START_TIMEOUT_MS / 1000} seconds.`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
