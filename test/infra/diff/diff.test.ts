import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { actions } from "@streamer/functions/actions";
import { createWiring } from "@streamer/server/wiring";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functionsOf } from "../../bench/bundle/report.ts";
import { REPOSITORY } from "../synth/platform.ts";
import { sstDiff } from "./diff.ts";
import type { DiffRun } from "./diff.ts";
import type { BuiltFunction } from "./functions.ts";
import { loadFunction } from "./functions.ts";
import { createWorkspace } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

const names = functionsOf(createWiring(actions)).map(({ name }) => name);

let workspace: Workspace;
let run: DiffRun;
let before: unknown;
beforeAll(async () => {
  before = await written();
  workspace = await createWorkspace(REPOSITORY);
  run = await sstDiff(workspace, { stage: "prod" });
});
afterAll(() => workspace.remove());

/** What the CLI writes when it runs in the app itself. */
const written = async () => [await readdir(join(REPOSITORY, ".sst")), await readFile(join(REPOSITORY, "sst-env.d.ts"), "utf8")];

/** The run with one function's inputs changed. */
const changed = (name: string, inputs: Readonly<Record<string, unknown>>): DiffRun => ({
  ...run,
  resources: run.resources.map((one) => (one.name === name ? { ...one, inputs: { ...one.inputs, ...inputs } } : one)),
});

test("the CLI evaluates the app and reports its diff, without network or account", () => {
  expect(run.output).toMatch(/App: +streamer\n +Stage: +prod\n/);
  expect(run.output).not.toContain("Failed");
  expect(run.resources.map(({ type }) => type)).toContain("aws:pipes/pipe:Pipe");
});

test("the CLI bundles the functions of the wiring, and no others", () => {
  const made = run.resources.filter(({ type }) => type === "aws:lambda/function:Function").map(({ inputs }) => inputs["handler"]);
  expect(made).toEqual(names.map(() => "bundle.handler"));
});

describe.each(names)("the bundle of %s", (name) => {
  let built: BuiltFunction;
  beforeAll(async () => {
    built = await loadFunction(run, workspace, name);
  });

  test("loads alone in a fresh process and exports its handler", () => {
    expect(built.handler).toBe("bundle.handler");
    expect(built.kilobytes).toBeGreaterThan(100);
  });

  test("has cold parts of its own, and each that it names is in the archive", async () => {
    const parts = built.files.filter((file) => file.endsWith(".mjs"));
    const texts = await Promise.all(parts.map((part) => readFile(join(built.dir, part), "utf8")));
    const named = texts.flatMap((text) => [...text.matchAll(/\bimport\(\s*"\.\/([^"]+)"\s*\)/g)].map(([, part]) => part));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((part) => part === undefined || !parts.includes(part))).toEqual([]);
    expect(built.lateKilobytes).toBeGreaterThan(100);
  });

  test("carries its links encrypted, and no source maps", () => {
    expect(built.files).toContain("resource.enc");
    expect(built.files.filter((file) => file.endsWith(".map"))).toEqual([]);
  });
});

describe("a failure is a sentence:", () => {
  test("a function without a bundle", async () => {
    await expect(loadFunction(run, workspace, "process_import_sales")).rejects.toThrow(
      'The app has no function "process_import_sales": StreamerProcessImportSalesFunction is not among those it makes (Streamer',
    );
    const key = `assets/StreamerNowhere-code-${"0".repeat(64)}.zip`;
    await expect(loadFunction(changed("StreamerRouterFunction", { s3Key: key }), workspace, "router")).rejects.toThrow(
      'The CLI made no bundle of "router"',
    );
  });

  test("an archive that is not the function's", async () => {
    const key = `assets/StreamerConnect-code-${"0".repeat(64)}.zip`;
    await expect(loadFunction(changed("StreamerConnectFunction", { s3Key: key }), workspace, "connect")).rejects.toThrow(
      'The bundle of "connect" is not the one the function is given',
    );
  });

  test("an export that is missing", async () => {
    const other = changed("StreamerConnectFunction", { handler: "bundle.onConnect" });
    await expect(loadFunction(other, workspace, "connect")).rejects.toThrow(
      'The bundle of "connect" exports no function "onConnect" from bundle.mjs: it is undefined.',
    );
  });

  test("an app that throws", async () => {
    const other = await createWorkspace(REPOSITORY);
    try {
      await expect(sstDiff(other, { stage: "prod", env: {} })).rejects.toThrow(
        /"sst diff --stage prod" failed\.\n[^]*STREAMER_JWT_ISSUER is not set/,
      );
    } finally {
      await other.remove();
    }
  });
});

test("a run leaves nothing behind in the app", async () => {
  expect(await written()).toEqual(before);
});

test("a workspace that is removed is gone", async () => {
  const other = await createWorkspace(REPOSITORY);
  await other.remove();
  await expect(readdir(dirname(other.root))).rejects.toMatchObject({ code: "ENOENT" });
});

describe("npm run diff:offline", () => {
  const command = (...args: readonly string[]) =>
    promisify(execFile)("npm", ["run", "--silent", "diff:offline", "--", ...args], { cwd: REPOSITORY });

  test("prints what was bundled as JSON and nothing else", async () => {
    const { stdout } = await command("--stage", "dev", "--json");
    const functions = JSON.parse(stdout) as readonly Record<string, unknown>[];
    expect(functions.map(({ name }) => name)).toEqual(names);
    for (const one of functions)
      expect(Object.keys(one)).toEqual(["name", "handler", "kilobytes", "lateKilobytes", "zipKilobytes", "files"]);
  });

  test("says which argument is missing", async () => {
    await expect(command()).rejects.toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("--stage <name>") as string });
  });
});
