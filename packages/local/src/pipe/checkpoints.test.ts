import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFileCheckpoints, isAfter } from "./checkpoints.ts";
import { createDeadLetterFile } from "./deadLetters.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-checkpoints-"));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

test("a checkpoint is there again for another process", async () => {
  await createFileCheckpoints(dataDir).save("arn:a", "shard-1", { sequenceNumber: "12" });
  const store = createFileCheckpoints(dataDir);
  expect(await store.load("arn:a", "shard-1")).toEqual({ sequenceNumber: "12" });
  expect(await store.load("arn:a", "shard-2")).toBeUndefined();
  expect(await store.load("arn:b", "shard-1")).toBeUndefined();
});

test("saves at the same time all reach the file, and leave no draft behind", async () => {
  const store = createFileCheckpoints(join(dataDir, "deep", "er"));
  const shards = Array.from({ length: 20 }, (_, index) => `shard-${index}`);
  await Promise.all(shards.map((shard, index) => store.save("arn:a", shard, { sequenceNumber: String(index) })));
  const again = createFileCheckpoints(join(dataDir, "deep", "er"));
  expect(await Promise.all(shards.map((shard) => again.load("arn:a", shard)))).toEqual(
    shards.map((_, index) => ({ sequenceNumber: String(index) })),
  );
  expect(await readdir(join(dataDir, "deep", "er"))).toEqual(["checkpoints.json"]);
});

test("a file that is not JSON is an error that says what to do", async () => {
  await writeFile(join(dataDir, "checkpoints.json"), "{");
  await expect(createFileCheckpoints(dataDir).load("arn:a", "s")).rejects.toThrow("Delete the file");
});

test.each([
  ["9", "10", false],
  ["10", "9", true],
  ["10", "10", false],
  ["49659000000000000000000000000000000000002", "49659000000000000000000000000000000000001", true],
])("%s after %s is compared as a number: %s", (a, b, after) => {
  expect(isAfter(a, b)).toBe(after);
});

test("a dead letter is a line in the file, and is announced after it is written", async () => {
  const announced: string[] = [];
  const deadLetter = createDeadLetterFile(dataDir, (letter) => announced.push(letter.sequenceNumber));
  const letter = {
    streamArn: "arn:a",
    shardId: "s",
    reason: "RetryAttemptsExhausted",
    attempts: 4,
    time: "2026-01-01T00:00:00.000Z",
  } as const;
  await deadLetter({ ...letter, sequenceNumber: "1" });
  await deadLetter({ ...letter, sequenceNumber: "2" });
  expect(announced).toEqual(["1", "2"]);
});
