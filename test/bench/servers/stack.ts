/** The whole local stack, with an action that gives back what it gets. A program of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startLocalStack } from "@streamer/local";
import { serve } from "./serve.ts";

const FUNCTIONS_DIR = resolve(import.meta.dirname, "app");

await serve(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-bench-"));
  const stack = await startLocalStack({
    functionsDir: FUNCTIONS_DIR,
    dataDir,
    port: 0,
    log: ({ level, source, message }) => void (level === "error" && console.error(`${source}: ${message}`)),
  });
  const token = await stack.key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "2h" });
  return {
    url: `${stack.websocketUrl}?Authorization=${token}`,
    connections: () => stack.openConnections().size,
    async stop() {
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
});
