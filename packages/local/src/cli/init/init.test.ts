import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EXIT } from "../failure.ts";
import { addInitCommand } from "./command.ts";

const STREAMER = resolve(import.meta.dirname, "../../../bin/streamer.js");
const TEMPLATE_DIR = resolve(import.meta.dirname, "../../../templates/app");

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "streamer-init-"));
});
afterEach(() => rm(dir, { recursive: true }));

/** Runs the command in the test's folder, as the command line would, and gives what it printed. */
async function init(args: readonly string[], userAgent?: string): Promise<string> {
  let printed = "";
  const program = new Command("streamer").exitOverride().configureOutput({ writeErr: () => {} });
  addInitCommand(program, { cwd: () => dir, userAgent: () => userAgent, print: (text) => (printed += text) });
  await program.parseAsync(["init", ...args], { from: "user" });
  return printed;
}

const read = (...path: readonly string[]): Promise<string> => readFile(join(dir, ...path), "utf8");

test("init writes an app that is named like its folder, and says what to do next", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [STREAMER, "init", "My Shop", "--package-manager", "npm"], { cwd: dir });
  expect(stdout).toContain('The app "my-shop" is there.');
  expect(stdout.match(/^ {4}\S.*$/gm)).toEqual(['    cd "My Shop"', "    npm install", "    npm run dev"]);
  expect(JSON.parse(await read("My Shop", "package.json"))).toMatchObject({ name: "my-shop", private: true });
  expect(await read("My Shop", "sst.config.ts")).toContain('name: "my-shop"');
  expect(await read("My Shop", ".gitignore")).toContain(".streamer/");
  expect(await readdir(join(dir, "My Shop"))).not.toContain("_gitignore");
});

test("no file of an app bears the template's name", async () => {
  await init(["app", "--name", "letters"]);
  const files = await readdir(join(dir, "app"), { recursive: true, withFileTypes: true });
  const texts = await Promise.all(files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "utf8")));
  expect(texts.length).toBeGreaterThan(20);
  expect(texts.filter((text) => text.includes("streamer-app"))).toEqual([]);
});

test("the packages of Streamer are asked for in the version that wrote the app", async () => {
  await init(["app"]);
  const { dependencies, devDependencies } = JSON.parse(await read("app", "package.json")) as Record<string, Record<string, string>>;
  const own = JSON.parse(await readFile(resolve(TEMPLATE_DIR, "../../package.json"), "utf8")) as { readonly version: string };
  const versions = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) => name.startsWith("@streamer/"));
  expect(versions.map(([, version]) => version)).toEqual(versions.map(() => own.version));
  expect(versions.length).toBeGreaterThan(4);
});

test.each([
  ["pnpm", ["app", "--package-manager", "pnpm"], undefined],
  ["yarn", ["app"], "yarn/4.9.0 npm/? node/v24.0.0"],
  ["npm", ["app"], "something/1.0"],
])("the next steps are %s's: asked for, or of what runs this, else npm's", async (name, args, userAgent) => {
  expect(await init(args, userAgent)).toContain(`    ${name} install\n    ${name} run dev\n`);
});

describe("is refused, and nothing is written", () => {
  test("a folder with something in it", async () => {
    await mkdir(join(dir, "app"));
    await writeFile(join(dir, "app", "notes.txt"), "mine");
    await expect(init(["app"])).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: `${join(dir, "app")} is not empty: notes.txt is there. Name a folder that is empty or not there yet.`,
    });
    expect(await readdir(join(dir, "app"))).toEqual(["notes.txt"]);
  });

  test("a file", async () => {
    await writeFile(join(dir, "app"), "mine");
    await expect(init(["app"])).rejects.toThrow(`${join(dir, "app")} is a file. Name a folder`);
  });

  test.each([
    ["a name with capitals", ["app", "--name", "Shop"], '"Shop" cannot name an app.'],
    ["a name over 30 characters", ["app", "--name", "a".repeat(31)], "at most 30 characters"],
    ["a folder whose name gives none", ["42"], `The folder's name gives "42", which cannot name an app. Pass --name`],
    ["an unknown package manager", ["app", "--package-manager", "cargo"], "Allowed choices are npm, pnpm, yarn, bun"],
    ["no folder", [], "missing required argument 'dir'"],
  ])("%s", async (_, args, message) => {
    await expect(init(args)).rejects.toThrow(message);
    expect(await readdir(dir)).toEqual([]);
  });
});

test("a folder that has only a repository in it is taken", async () => {
  await mkdir(join(dir, "app", ".git"), { recursive: true });
  await init(["app"]);
  expect(await readdir(join(dir, "app"))).toContain("sst.config.ts");
});

test("what the template asks for is what this repository is tested with", async () => {
  const root = resolve(TEMPLATE_DIR, "../../../..");
  const versionsOf = async (folder: string): Promise<Record<string, string>> => {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Record<string, Record<string, string>>;
    return { ...manifest["dependencies"], ...manifest["devDependencies"] };
  };
  const folders = [root, ...["protocol", "server", "console"].map((name) => join(root, "packages", name))];
  const ours = Object.assign({}, ...(await Promise.all(folders.map(versionsOf)))) as Record<string, string>;
  const asked = Object.entries(await versionsOf(TEMPLATE_DIR)).filter(([name]) => name in ours);
  expect(asked).toEqual(asked.map(([name]) => [name, ours[name]]));
  expect(asked.map(([name]) => name)).toEqual(expect.arrayContaining(["react", "sst", "typescript", "valibot", "vite", "vitest"]));
});
