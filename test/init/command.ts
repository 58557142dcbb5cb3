import { execFile, spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

const TIMEOUT_MS = 240_000;
const MAX_OUTPUT_BYTES = 20 * 1024 * 1024;
/** What a test runner sets for what it runs, and a person's shell does not have. */
const OF_THE_RUNNER = /^(?:VITEST.*|NODE_ENV|NODE_OPTIONS|TEST|DEV|PROD|SSR|MODE|BASE_URL)$/;

/** A person's environment in a folder: its packages' commands first, and this Node. */
function envOf(cwd: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !OF_THE_RUNNER.test(name));
  const path = [join(cwd, "node_modules/.bin"), dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
  return { ...Object.fromEntries(own), PATH: path, ...more };
}

/**
 * Runs a command to its end, and gives what it printed.
 *
 * @throws {Error} when it ends badly, with all that it said.
 */
export async function run(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
  try {
    const options = { cwd, env: envOf(cwd), timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
    return (await promisify(execFile)(command, args, options)).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`"${[command, ...args].join(" ")}" failed in ${cwd}.\n${stdout}${stderr}`, { cause: error });
  }
}

/** A command that goes on until it is stopped. */
export interface Running {
  /** The first group of what its output matches. @throws {Error} when it ends before. */
  printed(pattern: RegExp): Promise<string>;
  stop(): Promise<void>;
}

export function start(cwd: string, command: readonly [string, ...string[]], env: Readonly<Record<string, string>> = {}): Running {
  const [file, ...args] = command;
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(file, args, {
    cwd,
    env: envOf(cwd, { NO_COLOR: "1", ...env }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  return {
    async printed(pattern) {
      for (;;) {
        const found = pattern.exec(output)?.[1];
        if (found !== undefined) return found;
        const ended = await Promise.race([once(child.stdout, "data").then(() => false), closed.then(() => true)]);
        if (ended && !pattern.test(output)) throw new Error(`"${command.join(" ")}" ended, and had printed:\n${output}`);
      }
    },
    async stop() {
      child.kill("SIGINT");
      await closed;
    },
  };
}
