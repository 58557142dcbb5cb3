import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A program under the watchdog: it ends when this process does, whatever ends this process. */
export interface GuardedProcess {
  /** The program's own process, not the watchdog's. */
  readonly pid: number;
  /** Resolves when it has ended, asked or not. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Asks it to end, kills it after a second, and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ProcessExit {
  /** Null when a signal ended the watchdog. */
  readonly code: number | null;
  /** The last of what the program wrote. */
  readonly output: string;
}

const MAX_OUTPUT_LINES = 20;

/** @throws when the program cannot be started. */
export async function startGuarded(program: string, args: readonly string[]): Promise<GuardedProcess> {
  const watchdog = spawn(process.execPath, [watchdogPath(), program, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own: Ctrl-C in the terminal must reach the engine last, through us, not at once with everyone else.
    detached: true,
    windowsHide: true,
  });
  // Closing an already closed pipe is no failure.
  watchdog.stdin.on("error", () => {});
  const output: string[] = [];
  const lines = createInterface({ input: watchdog.stderr });
  lines.on("line", (line) => {
    output.push(line);
    if (output.length > MAX_OUTPUT_LINES) output.shift();
  });
  let programPid: number | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    watchdog.on("exit", (code) => {
      // Someone killed the watchdog: then nobody but us can end the program, which also holds the pipes open.
      if (code === null && programPid !== undefined) killIfAlive(programPid);
    });
    watchdog.on("close", (code) => resolve({ code, output: output.join("\n") }));
  });
  const started = Promise.race([once(createInterface({ input: watchdog.stdout }), "line"), exited]);
  const first: unknown = await started;
  const pid = Array.isArray(first) ? Number(first[0]) : Number.NaN;
  if (!Number.isInteger(pid)) {
    const exit = await exited;
    throw new Error(`${program} did not start (exit code ${exit.code}): ${exit.output}`);
  }
  programPid = pid;
  return {
    pid,
    exited,
    async stop() {
      watchdog.stdin.end();
      await exited;
    },
  };
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** The program beside this module: a source when this is one, else what the compiler made of it. */
function watchdogPath(): string {
  return fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./watchdog.ts" : "./watchdog.js", import.meta.url));
}
