import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { openSocket } from "../servers/sockets.ts";

const STREAMER = resolve(import.meta.dirname, "../../../packages/local/bin/streamer.js");
const APP = resolve(import.meta.dirname, "../servers/app");
const RAW = join(import.meta.dirname, "rawServer.mjs");
const ECHO = JSON.stringify({ id: "start", action: "echo", payload: { message: "hello" } });

/** Ms from the command. */
export interface StartTimes {
  readonly readyMs: number;
  readonly firstReplyMs: number;
}

/** `streamer dev` to the first answer of an action, in a data directory of its own. */
export async function startStreamer(): Promise<StartTimes> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-bench-"));
  try {
    // The key alone is there before: making one takes a random time.
    const minted = await promisify(execFile)(process.execPath, [STREAMER, "token", "--data-dir", dataDir]);
    const token = minted.stdout.trim();
    const args = [STREAMER, "dev", "--json", "--port", "0", "--data-dir", dataDir, "--functions", APP];
    return await firstReply(args, (line) => `${(JSON.parse(line) as { websocketUrl: string }).websocketUrl}?Authorization=${token}`);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** `node` with a WebSocket server of four lines, to its first answer. */
export function startRaw(): Promise<StartTimes> {
  return firstReply([RAW], (line) => line);
}

/** @throws when the process ends before it says where it listens. */
async function firstReply(args: readonly string[], addressIn: (line: string) => string): Promise<StartTimes> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const exited = once(child, "exit");
  try {
    const line = await firstLine(child, exited);
    const readyMs = performance.now() - startedAt;
    const socket = await openSocket(addressIn(line));
    await socket.ask(ECHO);
    const firstReplyMs = performance.now() - startedAt;
    await socket.close();
    return { readyMs, firstReplyMs };
  } finally {
    child.kill("SIGINT");
    await exited;
  }
}

async function firstLine({ stdout }: ChildProcess, exited: Promise<unknown>): Promise<string> {
  if (stdout === null) throw new Error("The process has no output.");
  const line = new Promise<string>((done) => {
    createInterface({ input: stdout }).once("line", done);
  });
  const ended = exited.then((codes): never => {
    throw new Error(`The process ended with ${String(codes)} before it was ready.`);
  });
  return Promise.race([line, ended]);
}
