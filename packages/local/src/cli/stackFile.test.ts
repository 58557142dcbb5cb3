import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readStackFile, removeStackFile, writeStackFile } from "./stackFile.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-stack-file-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const addresses = () => ({
  websocketUrl: "ws://127.0.0.1:1/local",
  managementEndpoint: "http://127.0.0.1:1/local",
  consoleUrl: "http://127.0.0.1:1/",
  dynamodbEndpoint: "http://127.0.0.1:2",
  sqsEndpoint: "http://127.0.0.1:3",
  s3Endpoint: "http://127.0.0.1:4",
  eventsEndpoint: "http://127.0.0.1:5",
  tableName: "streamer-local",
  dataDir,
});
const refusal = (why: RegExp) => expect.objectContaining({ exitCode: 1, message: expect.stringMatching(why) as string }) as Error;

it("what a running stack wrote is read, and nothing else lies beside it", async () => {
  await writeStackFile(addresses(), process.pid);
  expect(await readStackFile(dataDir)).toEqual({ pid: process.pid, ...addresses() });
  expect(await readdir(dataDir)).toEqual(["stack.json"]);
});

it("what was left behind is replaced", async () => {
  await writeStackFile({ ...addresses(), tableName: "old" }, process.pid);
  await writeStackFile(addresses(), process.pid);
  expect(await readStackFile(dataDir)).toMatchObject({ tableName: "streamer-local" });
});

it("without a stack the sentence names the command that starts one", async () => {
  await expect(readStackFile(dataDir)).rejects.toEqual(
    refusal(/There is no|there is no .*stack\.json.*streamer dev.*--data-dir.*--table/s),
  );
});

it("a stack that was stopped is none, also when it is stopped twice", async () => {
  await writeStackFile(addresses(), process.pid);
  await removeStackFile(dataDir);
  await removeStackFile(dataDir);
  await expect(readStackFile(dataDir)).rejects.toEqual(refusal(/No local stack runs/));
});

it("a stack that was killed is told from one that runs", async () => {
  const killed = spawn(process.execPath, ["--eval", ""], { stdio: "ignore" });
  await once(killed, "exit");
  await writeStackFile(addresses(), killed.pid ?? 0);
  await expect(readStackFile(dataDir)).rejects.toEqual(refusal(new RegExp(`process ${killed.pid}\\) has ended.*streamer dev`)));
});

it.each([
  ["", "nothing"],
  ["{", "half of it"],
  ["null", "null"],
  ['{"pid":1}', "no addresses"],
  ["[]", "a list"],
])("a file with %j in it says that it is none", async (text) => {
  await writeFile(join(dataDir, "stack.json"), text);
  await expect(readStackFile(dataDir)).rejects.toEqual(refusal(/says nothing of a local stack.*start it again/));
});
