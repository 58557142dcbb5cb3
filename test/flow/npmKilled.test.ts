import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { commandsWith } from "../support/processes.ts";

it("when npm itself is killed by force, nothing of npm run dev is left behind", { timeout: 60_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-npm-"));
  const cwd = resolve(import.meta.dirname, "../..");
  const npm = spawn("npm", ["run", "--silent", "dev", "--", "--json", "--port", "0", "--data-dir", dataDir], {
    cwd,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ready = await new Promise<string>((resolveLine) => createInterface({ input: npm.stdout }).once("line", resolveLine));
  expect(JSON.parse(ready)).toMatchObject({ ready: true, dataDir });
  expect(await commandsWith(dataDir)).not.toEqual([]);
  npm.kill("SIGKILL");
  await eventually(async () => ((await commandsWith(dataDir)).length === 0 ? true : undefined), "no process is left behind");
  await rm(dataDir, { recursive: true, force: true });
});
