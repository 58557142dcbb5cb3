import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * Unpacks a zip archive as SST writes them: stored and deflated files below 4 GB.
 *
 * @returns the files, as paths in the archive.
 * @throws when it is no zip archive, is packed otherwise, or has a file that would land outside the folder.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT §4.3
 */
export async function unzip(archive: Buffer, to: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const { name, content } of entries(archive)) {
    const path = resolve(to, name);
    if (relative(to, path).startsWith("..")) throw new Error(`The archive has "${name}", which lies outside of it.`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    files.push(join(name));
  }
  return files;
}

function* entries(archive: Buffer): Generator<{ readonly name: string; readonly content: Buffer }> {
  const end = archive.lastIndexOf(Buffer.from(Uint32Array.of(END_OF_DIRECTORY).buffer));
  if (end === -1) throw new Error(`This is no zip archive: ${archive.length} bytes without an end of directory.`);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error(`The archive's directory is broken at byte ${at}.`);
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + 46, nameEnd);
    if (!name.endsWith("/")) yield { name, content: contentOf(archive, at, name) };
    at = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

function contentOf(archive: Buffer, entry: number, name: string): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const local = archive.readUInt32LE(entry + 42);
  // The local header's name and extra field may be longer or shorter than the directory's.
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRawSync(packed);
  throw new Error(`"${name}" is packed by method ${method}; stored (0) and deflated (8) are known here.`);
}
