import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { LOCK_FILE, missingEntries, platformOf, readLock } from "../support/completeLock.ts";

it("every optional dependency has an entry, or npm ci refuses the lock file (run node test/support/completeLock.ts)", async () => {
  expect(missingEntries(await readLock())).toEqual([]);
});

it("the engine is there for five platforms, pinned", async () => {
  const path = resolve(import.meta.dirname, "../../packages/local/package.json");
  const { optionalDependencies } = JSON.parse(await readFile(path, "utf8")) as { optionalDependencies: Record<string, string> };
  expect(optionalDependencies).toEqual({
    "@dynoxide/darwin-arm64": "1.2.1",
    "@dynoxide/darwin-x64": "1.2.1",
    "@dynoxide/linux-arm64": "1.2.1",
    "@dynoxide/linux-x64": "1.2.1",
    "@dynoxide/win32-x64": "1.2.1",
  });
  const { packages } = await readLock();
  for (const name of Object.keys(optionalDependencies)) {
    const { os, cpu } = platformOf(name);
    expect(packages[`node_modules/${name}`]).toMatchObject({ version: "1.2.1", os, cpu, optional: true });
  }
});

it("the lock file names no download addresses: any registry serves it", async () => {
  expect(await readFile(LOCK_FILE, "utf8")).not.toMatch(/"resolved": "http/);
});
