import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDevProcess } from "../support/devProcess.ts";
import type { DevProcess } from "../support/devProcess.ts";
import { FUNCTIONS_DIR } from "../support/localStack.ts";
import { missingLine, stepsOf, typeCommand } from "../support/pageSteps.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "packages/docs/demo.md"), "utf8");

const steps = page
  .split(/^## /m)
  .slice(1)
  .flatMap((section) => stepsOf(section.split("\n")[0] ?? "", section));

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

const type = (command: string) => typeCommand(command, project);

describe("the demo of the page (S-254 to S-258), typed as it stands there", () => {
  it.each(steps.map((step, index) => [`${index + 1}, ${step.title}`, step] as const))(
    "step %s",
    async (_, { commands, shown, exitCode }) => {
      const results = [];
      for (const command of commands) results.push(await type(command));
      const said = results.map((result) => result.said).join("");
      expect({ missing: missingLine(shown, said), said }).toEqual({ missing: undefined, said });
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
