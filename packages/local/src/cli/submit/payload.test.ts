import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readPayload } from "./payload.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "streamer-payload-"));
});
afterEach(() => rm(folder, { recursive: true }));

const nothing = () => Readable.from([]);

it("JSON, a file of it, and the standard input give the same", async () => {
  await writeFile(join(folder, "a.json"), ' {"a":[1]}\n');
  expect(await readPayload('{"a":[1]}', nothing())).toEqual({ a: [1] });
  expect(await readPayload(`@${join(folder, "a.json")}`, nothing())).toEqual({ a: [1] });
  expect(await readPayload("-", Readable.from(['{"a":', "[1]}"]))).toEqual({ a: [1] });
});

it("a file that is not there is a wrong command line, by its name", async () => {
  await expect(readPayload("@nowhere.json", nothing())).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('"nowhere.json" cannot be read (ENOENT)') as string,
  });
});

it("what is not JSON is a wrong command line, and is not repeated", async () => {
  const error = await readPayload("{secret}", nothing()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining("not JSON (8 characters)") as string });
  expect(String(error)).not.toContain("secret");
});
