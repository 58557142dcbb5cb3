import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeBlocksOf, ROOT, withEdit } from "../docs/codeBlocks.ts";
import type { CodeBlock } from "../docs/codeBlocks.ts";
import { startDevProcess } from "../support/devProcess.ts";
import type { DevProcess } from "../support/devProcess.ts";
import { eventually } from "../support/eventually.ts";
import { missingLine, stepsOf, typeCommand } from "../support/pageSteps.ts";
import type { PageStep } from "../support/pageSteps.ts";

/** In the order in which somebody reads them: each goes on with what those before it have made. */
const PAGES = ["getting-started", "tutorials/add-an-action", "tutorials/resume", "tutorials/batches", "tutorials/test-a-processor"];
const FUNCTIONS = "packages/functions";
/** The stack of the pages: that of the test is at another port. */
const ADDRESS = "127.0.0.1:4000";

/** What a page has its reader do, in order: files to write, then what to type. */
interface Part {
  readonly files: readonly CodeBlock[];
  readonly step: PageStep;
}

/** A repository of its own: everything in it is this one's, but for the functions, which are a copy. */
async function cloneRepository(): Promise<string> {
  const clone = await realpath(await mkdtemp(join(tmpdir(), "streamer-tutorials-")));
  const link = async (folder: string, leaveOut: readonly string[]): Promise<void> => {
    await mkdir(join(clone, folder), { recursive: true });
    const names = (await readdir(join(ROOT, folder))).filter((name) => !name.startsWith(".") && !leaveOut.includes(name));
    await Promise.all(names.map((name) => symlink(join(ROOT, folder, name), join(clone, folder, name))));
  };
  await link(".", ["packages"]);
  await link("packages", ["functions"]);
  await cp(join(ROOT, FUNCTIONS), join(clone, FUNCTIONS), { recursive: true });
  return clone;
}

function partsOf(page: string, text: string): readonly Part[] {
  const blocks = codeBlocksOf(page, text);
  const parts: Part[] = [];
  let files: CodeBlock[] = [];
  for (const block of blocks) {
    if (block.info["file"] !== undefined || block.info["edit"] !== undefined) files.push(block);
    const lines = text.split("\n").slice(0, block.line - 1 + block.code.split("\n").length);
    const [step] = block.language === "text" ? stepsOf(page, [...lines, "```"].join("\n")).slice(-1) : [];
    if (step === undefined) continue;
    parts.push({ files, step });
    files = [];
  }
  return parts;
}

let clone: string;
let dev: DevProcess;
beforeAll(async () => {
  clone = await cloneRepository();
  dev = await startDevProcess(join(clone, ".streamer"), join(clone, FUNCTIONS));
});
afterAll(async () => {
  await dev.kill("SIGINT");
  await rm(clone, { recursive: true, force: true });
});

async function write({ code, info }: CodeBlock): Promise<void> {
  const path = join(clone, info["file"] ?? info["edit"] ?? "");
  const text = info["edit"] === undefined ? code : withEdit(await readFile(path, "utf8"), code);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${text.replaceAll(ADDRESS, new URL(dev.ready.websocketUrl).host)}\n`);
}

/** A question is a process of its own, and on a busy machine takes seconds. */
const KNOWN_WITHIN_MS = 60_000;

/** Until the stack has taken over what was saved: before, its router does not know the action. */
async function known(action: string): Promise<void> {
  await eventually(
    async () => {
      const { said } = await typeCommand(`npx streamer submit ${action} --payload '[]'`, clone);
      return said.includes("INVALID_ACTION") ? undefined : said;
    },
    `the router knows ${action}`,
    KNOWN_WITHIN_MS,
  );
}

describe.each(PAGES)("the page %s, followed word by word", (name) => {
  const page = `packages/docs/${name}.md`;
  let parts: readonly Part[];
  beforeAll(async () => {
    parts = partsOf(page, await readFile(join(ROOT, page), "utf8"));
  });

  it("does what it says, and shows what it shows", { timeout: 180_000 }, async () => {
    expect(parts.length).toBeGreaterThan(0);
    for (const { files, step } of parts) {
      for (const file of files) await write(file);
      const made = files.flatMap(({ code }) => [...code.matchAll(/= defineAction\("(\w+)"/g)].map(([, action = ""]) => action));
      for (const action of made) await known(action);
      const results = [];
      for (const command of step.commands) results.push(await typeCommand(command, clone));
      const said = results.map((result) => result.said).join("");
      expect({ missing: missingLine(step.shown, said), said, commands: step.commands }).toEqual({
        missing: undefined,
        said,
        commands: step.commands,
      });
      expect(results.map(({ code }) => code)).toEqual(results.map((_, index) => (index === results.length - 1 ? step.exitCode : 0)));
    }
  });
});

it.each(PAGES)("%s: each block of commands is typed, but for what starts the stack", async (name) => {
  const text = await readFile(join(ROOT, `packages/docs/${name}.md`), "utf8");
  const typed = partsOf(name, text).map(({ step }) => step.commands.join("\n"));
  const blocks = codeBlocksOf(name, text).filter(({ language }) => language === "sh");
  expect(blocks.map(({ code }) => code).filter((code) => !typed.includes(code) && code !== "npm ci && npm run dev")).toEqual([]);
});

it.each(PAGES)("%s: an action list that is written anew has all the actions that come with Streamer", async (name) => {
  const shipped = await readFile(join(ROOT, FUNCTIONS, "src/actions/index.ts"), "utf8");
  const names = /defineActions\(\{ (.*) \}\)/.exec(shipped)?.[1]?.split(", ") ?? [];
  expect(names.length).toBeGreaterThan(5);
  const lists = codeBlocksOf(name, await readFile(join(ROOT, `packages/docs/${name}.md`), "utf8")).filter(({ info }) =>
    info["file"]?.endsWith("actions/index.ts"),
  );
  for (const { code } of lists) expect(names.filter((one) => !new RegExp(`[{,] ${one}\\b`).test(code))).toEqual([]);
});
