import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDevProcess } from "../support/devProcess.ts";
import type { DevProcess } from "../support/devProcess.ts";
import { FUNCTIONS_DIR } from "../support/localStack.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const STREAMER = join(ROOT, "packages/local/bin/streamer.js");
const page = readFileSync(join(ROOT, "packages/docs/demo.md"), "utf8");

/** What the page has somebody type, and what it says they will see. */
interface Step {
  readonly title: string;
  readonly commands: readonly string[];
  readonly shown: readonly string[];
  /** Of the last command. */
  readonly exitCode: number;
}

const steps: readonly Step[] = page
  .split(/^## /m)
  .slice(1)
  .flatMap((section) => {
    const title = section.split("\n")[0] ?? "";
    // The text before a block may name the code that it ends with.
    return [...section.matchAll(/([^`]*?)```sh\n([\s\S]+?)```\n\n```text\n([\s\S]+?)```/g)].map(
      ([, before = "", typed = "", text = ""]) => ({
        title,
        commands: typed.trim().split("\n"),
        shown: text.trimEnd().split("\n"),
        exitCode: Number(/\(exit code (\d+)\)/.exec(before)?.[1] ?? 0),
      }),
    );
  });

let project: string;
let dev: DevProcess;
beforeAll(async () => {
  // A project of somebody else's: its package.json names the functions, and its data directory is the default.
  project = await mkdtemp(join(tmpdir(), "streamer-demo-"));
  await writeFile(join(project, "package.json"), JSON.stringify({ streamer: { functions: FUNCTIONS_DIR } }));
  dev = await startDevProcess(join(project, ".streamer"));
});
afterAll(async () => {
  await dev.kill("SIGINT");
  await rm(project, { recursive: true, force: true });
});

/** As a shell runs it, with what it says on both, in that order. */
async function type(command: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const line = command.replaceAll("npx streamer", `"${process.execPath}" "${STREAMER}"`);
  const child = spawn("sh", ["-c", `${line} 2>&1`], { cwd: project, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (data: Buffer) => (said += data.toString()));
  const code = await new Promise<number | null>((done) => child.once("close", done));
  return { code, said };
}

/** A line of the page, with … for anything. */
function pattern(line: string): RegExp {
  return new RegExp(
    line
      .split("…")
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
      .join(".*"),
  );
}

/** The first line of the page that was not said, those before it having been said in this order. */
function missing(shown: readonly string[], said: string): string | undefined {
  const lines = said.split("\n");
  let next = 0;
  return shown.find((wanted) => {
    const found = lines.findIndex((line, index) => index >= next && pattern(wanted).test(line));
    if (found >= 0) next = found + 1;
    return found < 0;
  });
}

describe("the demo of the page (S-254 to S-258), typed as it stands there", () => {
  it.each(steps.map((step, index) => [`${index + 1}, ${step.title}`, step] as const))(
    "step %s",
    async (_, { commands, shown, exitCode }) => {
      const results = [];
      for (const command of commands) results.push(await type(command));
      const said = results.map((result) => result.said).join("");
      expect({ missing: missing(shown, said), said }).toEqual({ missing: undefined, said });
      expect(results.map(({ code }) => code)).toEqual(results.map((_result, index) => (index === results.length - 1 ? exitCode : 0)));
    },
  );
});

it("every block of commands but the first is shown with its outcome", () => {
  expect(steps.length).toBe([...page.matchAll(/```sh/g)].length - 1);
});

it("ten at once are ten requests that completed, each once", async () => {
  const { said } = await type("npx streamer requests list --tenant demo --action generate_report --json");
  const requests = JSON.parse(said) as readonly { request_id: string; status: string; attempt: number }[];
  const ten = requests.filter(({ request_id }) => request_id.startsWith("ten-"));
  expect(ten.map(({ request_id }) => request_id).toSorted()).toEqual(
    Array.from({ length: 10 }, (_, index) => `ten-${index + 1}`).toSorted(),
  );
  expect(new Set(ten.map(({ status, attempt }) => `${status} ${attempt}`))).toEqual(new Set(["completed 1"]));
});
