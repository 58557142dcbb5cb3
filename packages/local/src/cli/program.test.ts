import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAIN = join(import.meta.dirname, "main.ts");
/** Tells of each module that is loaded, on stderr. */
const TELL = `data:text/javascript,import{registerHooks}from"node:module";registerHooks({load(url,context,next){process.stderr.write(url+"\\n");return next(url,context)}})`;
const TIMEOUT_MS = 60_000;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-program-"));
});
afterAll(() => rm(dataDir, { recursive: true }));

/** URLs of the modules that a command loads. */
async function loadedBy(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ["--conditions=@streamer/source", `--import=${TELL}`, MAIN, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let loaded = "";
  child.stderr.on("data", (data: Buffer) => (loaded += data.toString()));
  expect(await once(child, "close")).toEqual([0, null]);
  return loaded;
}

describe("a command loads what it does, and not what the others do", () => {
  it("a page of help: nothing of any", { timeout: TIMEOUT_MS }, async () => {
    const loaded = await loadedBy("submit", "--help");
    expect(loaded).toMatch(/commander/);
    expect(loaded).not.toMatch(/\/cli\/dev\.ts|\/run\.ts|@aws-sdk|\/esbuild\/|fauxqs/);
  });

  it("a token: the keys, and no part of a stack", { timeout: TIMEOUT_MS }, async () => {
    const loaded = await loadedBy("token", "--data-dir", dataDir);
    expect(loaded).toMatch(/\/keys\/signingKey\.ts/);
    expect(loaded).not.toMatch(/\/cli\/dev\.ts|\/run\.ts|@aws-sdk|\/esbuild\/|fauxqs/);
  });
});
