import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { FUNCTIONS_DIR } from "./localStack.ts";

const STREAMER = join(import.meta.dirname, "../../packages/local/bin/streamer.js");

export interface ReadyLine {
  readonly ready: true;
  readonly websocketUrl: string;
  readonly managementEndpoint: string;
  readonly consoleUrl: string;
  readonly dynamodbEndpoint: string;
  readonly sqsEndpoint: string;
  readonly s3Endpoint: string;
  readonly eventsEndpoint: string;
  readonly tableName: string;
  readonly dataDir: string;
}

/** `streamer dev --json` as a process of its own. */
export interface DevProcess {
  readonly pid: number;
  readonly ready: ReadyLine;
  /** Everything it wrote on stdout so far. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** @param port 0 takes any free one: name one for clients that are to find the next stack where the last was. */
export async function startDevProcess(dataDir: string, functionsDir: string = FUNCTIONS_DIR, port = 0): Promise<DevProcess> {
  const args = [STREAMER, "dev", "--json", "--port", String(port), "--data-dir", dataDir, "--functions", functionsDir];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const stdout: string[] = [];
  const stderr: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => stderr.push(line));
  const lines = createInterface({ input: child.stdout });
  const first = new Promise<string>((resolve) => {
    lines.on("line", (line) => {
      stdout.push(line);
      resolve(line);
    });
  });
  const started = await Promise.race([first, exited]);
  if (typeof started !== "string") throw new Error(`streamer dev ended with ${started.code}:\n${stderr.join("\n")}`);
  return {
    pid: child.pid ?? 0,
    ready: JSON.parse(started) as ReadyLine,
    stdout,
    stderr,
    kill(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/** Runs `streamer <args>` to its end. */
export async function runStreamer(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [STREAMER, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}
