#!/usr/bin/env node
// The command line. In a checkout of the project it runs the sources as they are; in an installed package, what was built from them.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 24;
if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  process.stderr.write(
    `streamer: Node.js ${OLDEST_NODE} is needed, the one that Lambda runs; this is ${process.versions.node}. "npm ci" brings it along (the "node" package, whose install script must be allowed); then use "npm run dev" or "npx streamer".\n`,
  );
  process.exit(1);
}

const source = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
if (existsSync(source) && !source.includes("node_modules")) {
  const args = ["--conditions=@streamer/source", "--disable-warning=ExperimentalWarning", source, ...process.argv.slice(2)];
  // In place of this process, so that there is one to stop and none to be left behind.
  if (process.platform !== "win32") process.execve(process.execPath, [process.execPath, ...args], process.env);
  process.exit(spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1);
}
await import("../dist/cli/main.js");
