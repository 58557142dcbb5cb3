import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unzip } from "./unzip.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "streamer-unzip-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** An archive of one stored file, by the letter of the format. */
function archiveOf(name: string, text: string, method = 0): Buffer {
  const [nameBytes, content] = [Buffer.from(name), Buffer.from(text)];
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(nameBytes.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(content.length, 20);
  entry.writeUInt16LE(nameBytes.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + nameBytes.length + content.length, 16);
  return Buffer.concat([local, nameBytes, content, entry, nameBytes, end]);
}

test("a file lands where the archive says", async () => {
  expect(await unzip(archiveOf("./parts/a.mjs", "export {};"), dir)).toEqual(["parts/a.mjs"]);
  expect(await readFile(join(dir, "parts/a.mjs"), "utf8")).toBe("export {};");
});

test("a file that would land outside of the folder is refused", async () => {
  await expect(unzip(archiveOf("../a.mjs", "x"), dir)).rejects.toThrow('The archive has "../a.mjs", which lies outside of it.');
  expect(await readdir(dir)).toEqual([]);
});

test("what is no archive, or packed in another way, is refused", async () => {
  await expect(unzip(Buffer.from("export {};"), dir)).rejects.toThrow("no zip archive: 10 bytes");
  await expect(unzip(archiveOf("a.mjs", "x", 93), dir)).rejects.toThrow('"a.mjs" is packed by method 93');
});
