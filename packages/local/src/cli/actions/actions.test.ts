import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createProgram } from "../program.ts";

const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../../../functions");

let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => (said.push(String(text)), true));
});
afterEach(() => void vi.restoreAllMocks());

/** What `streamer actions <args>` prints of the shipped app. */
async function actions(...args: readonly string[]): Promise<string> {
  await createProgram().parseAsync(["actions", ...args, "--functions", FUNCTIONS_DIR], { from: "user" });
  return said.join("");
}

it("lists every action, short or long, with its limits", async () => {
  const lines = (await actions()).trim().split("\n");
  expect(lines[0]).toMatch(/^ACTION +KIND +ABOUT +AT MOST +ATTEMPTS +PERMISSIONS$/);
  expect(lines).toContainEqual(expect.stringMatching(/^echo +short +10 ms +25 s +1 +none$/));
  expect(lines).toContainEqual(expect.stringMatching(/^generate_report +long +2 min +10 min +4 +none$/));
});

it("lists as JSON what a script needs", async () => {
  expect(JSON.parse(await actions("list", "--json"))).toContainEqual({
    name: "generate_report",
    asynchronous: true,
    estimated_duration_ms: 120_000,
    timeout_ms: 600_000,
    attempts: 4,
    permissions: [],
  });
});

it("shows one with the JSON Schema of its input and its result", async () => {
  const view = JSON.parse(await actions("show", "echo", "--json")) as Record<string, unknown>;
  const message = { type: "string", minLength: 1, maxLength: 4000 };
  expect(view["input_schema"]).toMatchObject({ type: "object", properties: { message }, required: ["message"] });
  expect(view["output_schema"]).toMatchObject({ type: "object", properties: { message: { type: "string" } } });
});

it("shows payloads that work as commands that can be typed", async () => {
  expect(await actions("show", "process_data")).toMatch(
    /# CSV to JSON\nstreamer submit process_data --payload '\{"format":"csv".*\}' --watch\n/,
  );
});

it("names the actions there are when there is no such one", async () => {
  await expect(actions("show", "nope")).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining("echo, health") as string });
});

it("an app without permissions or examples, and a schema that has no JSON form, are told as such", async () => {
  const dir = await mkdtemp(join(import.meta.dirname, "app-"));
  try {
    await mkdir(join(dir, "src/actions"), { recursive: true });
    const schema = `{ "~standard": { version: 1, vendor: "own", validate: (value) => ({ value }) } }`;
    await writeFile(
      join(dir, "src/actions/index.ts"),
      `import { defineAction, defineActions } from "@streamer/protocol";
const any = ${schema};
export const actions = defineActions({ own: defineAction("own", { input: any, output: any, estimatedDuration: "1 minute", permissions: ["a:b"] }) });`,
    );
    await createProgram().parseAsync(["actions", "show", "own", "--functions", dir], { from: "user" });
    const text = said.join("");
    expect(text).toContain("permissions  a:b\n");
    expect(text).toContain("a schema of own");
    expect(text).toContain(`Examples\n\nNone.`);
  } finally {
    await rm(dir, { recursive: true });
  }
});

it("a folder that is no app ends with what it must hold", async () => {
  await expect(createProgram().parseAsync(["actions", "--functions", tmpdir()], { from: "user" })).rejects.toThrow("defineActions");
});
