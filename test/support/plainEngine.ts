import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { eventually } from "./eventually.ts";

export interface PlainEngine {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** A DynamoDB engine that knows nothing of Streamer, with a data directory that goes when it stops. */
export async function startPlainEngine(): Promise<PlainEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-engine-"));
  const manifest = createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/package.json`);
  const port = await freePort();
  const args = ["serve", "--host", "127.0.0.1", "--port", String(port), "--db-path", join(dataDir, "table.db")];
  const child = spawn(join(dirname(manifest), "dynoxide"), args, { stdio: "ignore" });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await eventually(async () => (await fetch(endpoint).catch(() => undefined)) ?? undefined, "the engine answers");
  return {
    endpoint,
    async stop() {
      child.kill();
      await exited;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
