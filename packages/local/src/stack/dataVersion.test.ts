import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkDataVersion, DATA_VERSION, NewerDataError } from "./dataVersion.ts";
import { startLocalStack } from "./startLocalStack.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "streamer-version-"));
});
afterEach(() => rm(dir, { recursive: true }));

const stored = async (): Promise<unknown> => JSON.parse(await readFile(join(dir, "version.json"), "utf8"));

test("a directory without a version is marked with this one, and taken the next time", async () => {
  await checkDataVersion(dir);
  expect(await stored()).toEqual({ version: DATA_VERSION });
  await checkDataVersion(dir);
});

test("a newer one is refused in a sentence that says what to do, and left as it is", async () => {
  await writeFile(join(dir, "version.json"), JSON.stringify({ version: DATA_VERSION + 1 }));
  await expect(checkDataVersion(dir)).rejects.toThrow(NewerDataError);
  await expect(checkDataVersion(dir)).rejects.toThrow(/made by a newer Streamer.*Update Streamer.*--data-dir.*Nothing in it was changed/);
  expect(await stored()).toEqual({ version: DATA_VERSION + 1 });
});

test.each(["", "not JSON", "{}", '{"version":"one"}'])("a file that says no version, %j, is written anew", async (text) => {
  await writeFile(join(dir, "version.json"), text);
  await checkDataVersion(dir);
  expect(await stored()).toEqual({ version: DATA_VERSION });
});

test("a stack does not start on newer data", async () => {
  await writeFile(join(dir, "version.json"), JSON.stringify({ version: DATA_VERSION + 1 }));
  const functionsDir = resolve(import.meta.dirname, "../../../functions");
  await expect(startLocalStack({ functionsDir, dataDir: dir, port: 0 })).rejects.toThrow(NewerDataError);
});
