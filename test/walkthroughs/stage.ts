import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startConsoleStack } from "../browser/support/consoleStack.ts";
import type { ConsoleStack } from "../browser/support/consoleStack.ts";
import { startDevProcess } from "../support/devProcess.ts";

/** `streamer dev` with the app that Streamer ships, as a process of its own. */
export interface ShippedStage {
  readonly consoleUrl: string;
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** A stack whose reports wait at a gate. */
export interface GatedStage {
  readonly consoleUrl: string;
  readonly gate: ConsoleStack["gate"];
  stop(): Promise<void>;
}

export async function startShippedStage(): Promise<ShippedStage> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-walkthrough-"));
  const dev = await startDevProcess(dataDir);
  return {
    consoleUrl: dev.ready.consoleUrl,
    dataDir,
    async stop() {
      await dev.kill("SIGTERM");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function startGatedStage(): Promise<GatedStage> {
  const world = await startConsoleStack();
  await world.gate.openTo(0);
  return { consoleUrl: world.stack.consoleUrl, gate: world.gate, stop: () => world.stop() };
}
