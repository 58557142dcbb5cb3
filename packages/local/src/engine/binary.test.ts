import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resolveBinary } from "./binary.ts";

let folder: string;
let chosen: string;
let packaged: string;
let onPath: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "streamer-binary-"));
  const program = async (...path: string[]): Promise<string> => {
    const file = join(folder, ...path);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, "");
    await chmod(file, 0o755);
    return file;
  };
  chosen = await program("chosen");
  packaged = await program("package", "dynoxide");
  onPath = await program("path", "dynoxide");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const machine = { platform: "linux", arch: "x64" };
const findPackage = (name: string): string | undefined =>
  name === "@dynoxide/linux-x64" ? join(folder, "package", "package.json") : undefined;
const path = () => `${join(folder, "empty")}:${join(folder, "path")}`;

test("DYNOXIDE_BIN comes first, then the platform's package, then the PATH", () => {
  expect(resolveBinary({ ...machine, findPackage, env: { DYNOXIDE_BIN: chosen, PATH: path() } })).toBe(chosen);
  expect(resolveBinary({ ...machine, findPackage, env: { DYNOXIDE_BIN: "", PATH: path() } })).toBe(packaged);
  expect(resolveBinary({ ...machine, findPackage: () => undefined, env: { PATH: path() } })).toBe(onPath);
});

test("a DYNOXIDE_BIN that cannot be run is an error, not passed over", () => {
  expect(() => resolveBinary({ ...machine, findPackage, env: { DYNOXIDE_BIN: folder } })).toThrow(`DYNOXIDE_BIN is "${folder}"`);
});

test("without any the error says what to install", () => {
  const lookup = { platform: "win32", arch: "arm64", findPackage: () => undefined, env: {} };
  expect(() => resolveBinary(lookup)).toThrow('npm install @dynoxide/win32-arm64"');
});

test("a checkout of this project has one for this machine", () => {
  expect(resolveBinary({ env: {} })).toMatch(/@dynoxide/);
});
