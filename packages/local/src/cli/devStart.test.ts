import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const STREAMER = resolve(import.meta.dirname, "../../bin/streamer.js");
const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../../functions");
const TIMEOUT_MS = 60_000;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "streamer-start-"));
});
afterEach(() => rm(dir, { recursive: true }));

interface Start {
  readonly functions?: string;
  readonly dataDir?: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it where it cannot start: what it says, and ends with. */
async function failedStart({ functions = FUNCTIONS_DIR, dataDir = join(dir, "data"), port = 0, env = {} }: Start) {
  const args = [STREAMER, "dev", "--port", String(port), "--data-dir", dataDir, "--functions", functions];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => {
    stdout += data.toString();
    // It was to fail: then this run is to end all the same.
    child.kill("SIGINT");
  });
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

/** An app whose only action is synchronous. */
async function app(actions: string): Promise<string> {
  const functions = join(dir, "functions");
  await mkdir(join(functions, "src/actions"), { recursive: true });
  await writeFile(join(functions, "package.json"), '{ "type": "module" }');
  await writeFile(join(functions, "src/actions/index.ts"), actions);
  return functions;
}

const fails = (message: RegExp) => ({ code: 1, stdout: "", stderr: expect.stringMatching(message) as string });

test("a port that is taken: which, and how to choose another", { timeout: TIMEOUT_MS }, async () => {
  const server = createServer();
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await failedStart({ port })).toEqual(fails(new RegExp(`Port ${port} on .* in use\\. Choose another with --port`)));
  server.close();
});

test("a data directory in use: by which process, and to use another", { timeout: TIMEOUT_MS }, async () => {
  const dataDir = join(dir, "data");
  await mkdir(dataDir);
  await writeFile(join(dataDir, "lock"), JSON.stringify({ pid: process.pid, startedAt: "2026-01-01T00:00:00Z", processes: [] }));
  expect(await failedStart({ dataDir })).toEqual(fails(new RegExp(`in use by process ${process.pid} .* --data-dir`)));
  // Nothing of the other's is touched.
  expect(await readFile(join(dataDir, "lock"), "utf8")).toContain(String(process.pid));
});

test("a data directory that cannot be made: why, and what to do", { timeout: TIMEOUT_MS }, async () => {
  const file = join(dir, "file");
  await writeFile(file, "kept");
  for (const dataDir of [file, join(file, "data")]) {
    expect(await failedStart({ dataDir })).toEqual(fails(/The data directory .* cannot be written \(E[A-Z]+ at .*\)\. .* --data-dir/));
  }
  expect(await readFile(file, "utf8")).toBe("kept");
});

test("no engine: what to install, or to set", { timeout: TIMEOUT_MS }, async () => {
  expect(await failedStart({ env: { DYNOXIDE_BIN: join(dir, "nothing") } })).toEqual(
    fails(/DYNOXIDE_BIN is .* not a program\. Correct it/),
  );
});

test("no app: which file is missing", { timeout: TIMEOUT_MS }, async () => {
  expect(await failedStart({ functions: dir })).toEqual(fails(/There is no .*src\/actions\/index\.ts\. It must export/));
});

test("actions that do not load: which file, and the error", { timeout: TIMEOUT_MS }, async () => {
  const functions = await app("export const actions = {;");
  expect(await failedStart({ functions })).toEqual(
    fails(/src\/actions\/index\.ts cannot be loaded: SyntaxError: .* Mend it, and start again\./s),
  );
});

test("handlers that do not build: which, and the line", { timeout: TIMEOUT_MS }, async () => {
  const functions = await app("export const actions = {};");
  expect(await failedStart({ functions })).toEqual(
    fails(/Function "connect": there is no .*\.ts for its handler .*\nMend it, and start again\./s),
  );
});
