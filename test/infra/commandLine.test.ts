import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { linkTypes } from "./synth/linkTypes.ts";
import { REPOSITORY } from "./synth/platform.ts";
import { synth } from "./synth/synth.ts";

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 20 * 1024 * 1024;
const options = { cwd: REPOSITORY, maxBuffer: MAX_OUTPUT_BYTES };

test.each(["dev", "staging", "prod"])("npm run synth -- --stage %s --json prints the resources as JSON and nothing else", async (stage) => {
  const { stdout } = await run("npm", ["run", "--silent", "synth", "--", "--stage", stage, "--json"], options);
  const resources = JSON.parse(stdout) as readonly Record<string, unknown>[];
  expect(resources.length).toBeGreaterThan(70);
  for (const resource of resources) expect(Object.keys(resource)).toEqual(expect.arrayContaining(["type", "name", "inputs", "options"]));
  expect(resources.find(({ type }) => type === "aws:pipes/pipe:Pipe")).toMatchObject({ inputs: { name: `streamer-${stage}-requests` } });
});

test("synth without a stage says which argument is missing, and prints nothing on stdout", async () => {
  const failing = run("npm", ["run", "--silent", "synth"], options);
  await expect(failing).rejects.toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("--stage <name>") as string });
});

test("stacks, configurations and examples pass the type check", async () => {
  const tsc = join(REPOSITORY, "node_modules/.bin/tsc");
  // A type error is an exit code other than 0, and what it says is in the failure's output.
  for (const project of ["stacks", "packages/examples"]) {
    const { stdout } = await run(tsc, ["-p", project], options);
    expect([project, stdout]).toEqual([project, ""]);
  }
});

test("sst-env.d.ts is what the links are", async () => {
  const { resources } = await synth({ stage: "dev" });
  const file = await readFile(join(REPOSITORY, "sst-env.d.ts"), "utf8");
  expect(file, "npm run synth -- --stage dev --write-types").toBe(linkTypes(resources));
});
