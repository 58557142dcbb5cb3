import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { GetItemCommand, ListTablesCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "@streamer/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTable } from "./createTable.ts";
import { engineFixture } from "./fixtures/harness.ts";
import type { EngineFixture } from "./fixtures/harness.ts";
import { isAlive } from "./isAlive.ts";

let fixture: EngineFixture;
beforeEach(async () => {
  fixture = await engineFixture();
});
afterEach(() => fixture.close());

const item = { pk: { S: "request#1" }, sk: { S: "request" } };

test("the SDK's client works on it, and what was written is there after a restart", async () => {
  const first = await fixture.start();
  const client = fixture.client(first);
  await createTable(client, "streamer", tableDefinition);
  await client.send(new PutItemCommand({ TableName: "streamer", Item: item }));
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);

  const second = fixture.client(await fixture.start());
  const { Item: found } = await second.send(new GetItemCommand({ TableName: "streamer", Key: item }));
  expect(found).toEqual(item);
  expect(fixture.errors).toEqual([]);
});

test("the stream's records have their index from the first start on", async () => {
  const engine = await fixture.start();
  await engine.stop();
  using database = new DatabaseSync(join(fixture.dataDir, "table.db"));
  const indexes = database.prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = '_stream_records'").all();
  expect(indexes).toEqual([{ name: "streamer_stream_position" }]);
});

test("a second engine on the folder is refused, naming the process that has it, until the first is stopped", async () => {
  const engine = await fixture.start();
  await expect(fixture.start()).rejects.toThrow(`in use by process ${process.pid} since`);
  await expect(fixture.start()).rejects.toThrow("--data-dir");
  await engine.stop();
  await expect(fixture.start()).resolves.toMatchObject({ endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
});

test("an engine that ends by itself is reported and not started again", async () => {
  const exits: Error[] = [];
  const engine = await fixture.start({ onExit: (error) => void exits.push(error) });
  process.kill(engine.pid, "SIGKILL");
  await vi.waitFor(() => expect(exits).toHaveLength(1));
  expect(exits[0]?.message).toContain("ended unexpectedly");
  expect(fixture.errors).toEqual([exits[0]?.message]);
  await expect(fixture.client(engine).send(new ListTablesCommand({}))).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await engine.stop();
  expect(exits).toHaveLength(1);
});

test("the engine dies when the process that started it is killed, and the folder can be taken over", async () => {
  const program = join(import.meta.dirname, "fixtures/engineOwner.ts");
  const owner = spawn(process.execPath, ["--conditions=@streamer/source", program, fixture.dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
  const { pid, endpoint } = JSON.parse(line) as { pid: number; endpoint: string };
  await createTable(fixture.client({ endpoint }), "streamer", tableDefinition);
  expect(isAlive(pid)).toBe(true);
  await expect(fixture.start()).rejects.toThrow(`in use by process ${owner.pid}`);

  owner.kill("SIGKILL");
  await once(owner, "exit");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5_000, interval: 5 });

  const next = fixture.client(await fixture.start());
  await expect(next.send(new ListTablesCommand({}))).resolves.toMatchObject({ TableNames: ["streamer"] });
  await expect(readFile(join(fixture.dataDir, "lock"), "utf8")).resolves.toContain(`"pid":${process.pid}`);
}, 15_000);

test("what is no program is refused by name", async () => {
  vi.stubEnv("DYNOXIDE_BIN", "/nowhere/dynoxide");
  await expect(fixture.start()).rejects.toThrow('DYNOXIDE_BIN is "/nowhere/dynoxide"');
  vi.unstubAllEnvs();
});

test("a program that is no engine fails with what it wrote, and leaves the folder free", async () => {
  vi.stubEnv("DYNOXIDE_BIN", process.execPath);
  await expect(fixture.start()).rejects.toThrow(/did not start[^]*serve/);
  vi.unstubAllEnvs();
  await expect(fixture.start()).resolves.toBeDefined();
});
