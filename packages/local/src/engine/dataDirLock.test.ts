import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createFakeClock } from "@streamer/protocol/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockDataDir } from "./dataDirLock.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), "streamer-lock-")), "data");
});
afterEach(() => rm(join(dataDir, ".."), { recursive: true, force: true }));

const lock = (pid?: number) => lockDataDir(dataDir, { clock: createFakeClock(), ...(pid === undefined ? {} : { pid }) });
const leave = async (text: string): Promise<void> => {
  (await lock()).release();
  await writeFile(join(dataDir, "lock"), text);
};

/** A process id that was real and is no more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  // A process that has exited had an id.
  return child.pid as number;
}

test("the lock says who holds it and since when, and goes with its release", async () => {
  const held = await lock();
  expect(JSON.parse(await readFile(join(dataDir, "lock"), "utf8"))).toEqual({
    pid: process.pid,
    startedAt: "2026-01-01T00:00:00.000Z",
    processes: [],
  });
  await expect(lock()).rejects.toThrow(`${dataDir} is in use by process ${process.pid} since 2026-01-01T00:00:00.000Z`);
  held.release();
  expect(await readdir(dataDir)).toEqual([]);
});

test("releasing it again does not take it from the next holder", async () => {
  const first = await lock();
  first.release();
  await lock();
  first.release();
  expect(await readdir(dataDir)).toEqual(["lock"]);
});

test("a lock of the dead is taken over, by one of several only", async () => {
  await leave(JSON.stringify({ pid: await deadPid(), startedAt: "yesterday", processes: [await deadPid()] }));
  const tries = await Promise.allSettled([lock(), lock(), lock()]);
  expect(tries.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await readdir(dataDir)).toEqual(["lock"]);
});

test("a lock that a crash left half written is taken over", async () => {
  await leave('{"pid":');
  await expect(lock()).resolves.toBeDefined();
});

test("taking over waits for the processes of the dead holder", async () => {
  const child = spawn(process.execPath, ["--eval", "setTimeout(() => {}, 60_000)"], { stdio: "ignore" });
  await leave(JSON.stringify({ pid: await deadPid(), startedAt: "yesterday", processes: [child.pid] }));
  const order: string[] = [];
  const taking = lock().then(() => order.push("taken"));
  // A turn is more than it needs when it does not wait.
  await nextTurn();
  order.push("killed");
  child.kill();
  await taking;
  expect(order).toEqual(["killed", "taken"]);
});
