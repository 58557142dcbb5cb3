import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

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
