import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { loadSigningKey } from "../keys/signingKey.ts";

const STREAMER = resolve(import.meta.dirname, "../../bin/streamer.js");
const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../../functions");
const TIMEOUT_MS = 60_000;
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-dev-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

/** Runs `streamer dev` until it is ready, interrupts it, and gives all that it said. */
async function runDev(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const all = [STREAMER, "dev", "--port", "0", "--data-dir", dataDir, "--functions", FUNCTIONS_DIR, ...args];
  const child = spawn(process.execPath, all, { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  child.stdout.on("data", (data: Buffer) => {
    if (stdout === "") child.kill("SIGINT");
    stdout += data.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

test("--chaos prints its seed at the start and what it did at the end", { timeout: TIMEOUT_MS }, async () => {
  const { code, stdout } = await runDev("--chaos", "42");
  expect(code).toBe(0);
  expect(stdout).toContain("Chaos is on, with the seed 42.");
  expect(stdout).toContain("Chaos with the seed 42 injected:");
  expect(stdout).toContain("streamer dev --chaos 42");
});

test("--chaos without a seed picks one; with --json both lines are JSON", { timeout: TIMEOUT_MS }, async () => {
  const { stdout } = await runDev("--json", "--chaos");
  const [ready, end] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { chaos: { seed: number; counts?: object } });
  expect(ready?.chaos).toEqual({ seed: expect.any(Number) as number });
  expect(end?.chaos.seed).toBe(ready?.chaos.seed);
  expect(end?.chaos.counts).toHaveProperty("record_dropped");
});

test.each(["many", "1.5", "9007199254740993", ""])("the seed %j is refused as a usage error", async (seed) => {
  const { code, stdout, stderr } = await runDev(`--chaos=${seed}`);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("A seed is a whole number");
});

/** Runs `streamer dev`, sends it two requests, one of them refused, waits until both are answered and told of, and interrupts it. */
async function runWithRequests(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const all = [STREAMER, "dev", "--port", "0", "--data-dir", dataDir, "--functions", FUNCTIONS_DIR, ...args];
  const child = spawn(process.execPath, all, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const ended = once(child, "close") as Promise<[number | null]>;
  try {
    const url = await vi.waitUntil(() => /ws:\/\/\S+?local(?=\s)/.exec(stdout)?.[0], { timeout: 40_000 });
    const token = await (await loadSigningKey(dataDir)).mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1h" });
    const socket = new WebSocket(`${url}?Authorization=${token}`);
    await once(socket, "open");
    const answers: Buffer[] = [];
    socket.on("message", (data: Buffer) => answers.push(data));
    socket.send(JSON.stringify({ id: "good-1", action: "echo", payload: { message: "SECRET" } }));
    socket.send(JSON.stringify({ id: "bad-1", action: "no_such_action", payload: {} }));
    await vi.waitUntil(() => answers.length === 2, { timeout: 20_000 });
    socket.terminate();
  } finally {
    child.kill("SIGINT");
  }
  const [code] = await ended;
  return { code, stdout, stderr };
}

test("it prints a screen of 80 by 24, and then a line for each request", { timeout: TIMEOUT_MS }, async () => {
  const { code, stdout, stderr } = await runWithRequests({});
  expect(code).toBe(0);
  const [screen = "", lines = ""] = stdout.split("Ctrl+C stops it.\n\n");
  const rows = screen.split("\n").filter((row) => !row.includes(dataDir));
  expect(rows.length).toBeLessThan(22);
  expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(80);
  expect(lines).toMatch(/^\d\d:\d\d:\d\d {2}completed {2}echo +ada +good-1 +\d.* m?s$/m);
  expect(lines).toMatch(/^\d\d:\d\d:\d\d {2}refused .*bad-1 .*INVALID_ACTION$/m);
  // No colours into a pipe; nothing of what was sent; of functions' lines only what is wrong.
  expect(stdout + stderr).not.toContain("\u001B");
  expect(stdout + stderr).not.toContain("SECRET");
  expect(stderr).not.toContain("A connection was opened");
});

test("--quiet has no line for a request", { timeout: TIMEOUT_MS }, async () => {
  const { code, stdout } = await runWithRequests({}, "--quiet");
  expect(code).toBe(0);
  expect(stdout).toContain("Streamer runs on this machine");
  expect(stdout).not.toMatch(/good-1|bad-1/);
});

test("colours come where they are asked for", { timeout: TIMEOUT_MS }, async () => {
  const asked = await runWithRequests({ FORCE_COLOR: "1", NO_COLOR: "" });
  expect(asked.stdout).toContain("\u001B[32mcompleted");
});
