import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importSource, placeOf, ROOT } from "./codeBlocks.ts";
import type { CodeBlock } from "./codeBlocks.ts";

/** Of npm, what is typed beside `npm run`. */
const NPM = new Set(["ci", "cit", "install", "ls", "test"]);
/** What readers have beside this repository, or are told to install. */
const OTHERS = new Set(["aws", "cd", "export", "git", "jq", "ls", "node", "open", "printf", "get-a-token"]);

/** As much of commander's command as is looked at. */
interface Program {
  readonly commands: readonly Program[];
  readonly options: readonly { readonly long?: string }[];
  name(): string;
}

const { createProgram } = await importSource<{ readonly createProgram: () => Program }>("packages/local/src/cli/program.ts");

/** What a reader could not type as it stands there: scripts, commands and options that do not exist. */
export function shellProblems(block: CodeBlock): readonly string[] {
  // Both kinds of page have their scripts: an app that `streamer init` made, in place of this repository, is named by the fence.
  const scripts = scriptsOf(block.info["in"] === "app" || block.page.includes("/templates/") ? "packages/local/templates/app" : ".");
  return commandsOf(block.code).flatMap(({ words, offset }) => {
    const problem = problemOf(words, scripts);
    return problem === undefined ? [] : [`${placeOf(block, offset)}: ${problem}`];
  });
}

function problemOf([command = "", ...rest]: readonly string[], scripts: ReadonlySet<string>): string | undefined {
  if (command === "npx" && rest[0] === "streamer") return streamerProblem(rest.slice(1));
  if (command === "npx" && rest[0] === "sst" && rest.includes("--")) return problemOf(rest.slice(rest.indexOf("--") + 1), scripts);
  if (command === "npx")
    return existsSync(join(ROOT, "node_modules/.bin", rest[0] ?? "")) ? undefined : `"npx ${rest[0]}" is not installed here.`;
  if (command === "npm" && rest[0] === "run") {
    const script = rest.slice(1).find((word) => !word.startsWith("-")) ?? "";
    return scripts.has(script) ? undefined : `package.json has no script "${script}".`;
  }
  if (command === "npm") return NPM.has(rest[0] ?? "") ? undefined : `"npm ${rest[0]}" is not known here.`;
  return OTHERS.has(command) ? undefined : `"${command}" is not known here. Add it to OTHERS if readers have it.`;
}

/** Whether the command line has such a command, with these options. */
function streamerProblem(words: readonly string[]): string | undefined {
  let command: Program = createProgram();
  let depth = 0;
  for (const word of words) {
    const child: Program | undefined = command.commands.find((one) => one.name() === word);
    if (child === undefined) break;
    command = child;
    depth += 1;
  }
  const typed = `streamer ${words.slice(0, depth).join(" ")}`.trimEnd();
  if (command.commands.length > 0) {
    // One that lists when nothing else is said, such as `streamer actions`.
    const list: Program | undefined = command.commands.find((one) => one.name() === "list");
    if (depth === 0 || list === undefined) return `"streamer ${words[0]}" does not exist.`;
    command = list;
  }
  const options = words.slice(depth).filter((word) => word.startsWith("--"));
  const unknown = options.map((option) => option.split("=")[0]).filter((option) => command.options.every(({ long }) => long !== option));
  return unknown.length === 0 ? undefined : `"${typed}" has no option ${unknown.join(", ")}.`;
}

interface TypedCommand {
  readonly words: readonly string[];
  /** Lines below the first of the block. */
  readonly offset: number;
}

/** The commands of a block, one for each part of a pipe or a chain; what is typed into one (`> …`) and settings before one are left out. */
function commandsOf(code: string): readonly TypedCommand[] {
  const lines = code.replaceAll("\\\n", " \u0000").split("\n");
  let offset = 0;
  return lines.flatMap((line) => {
    const here = offset;
    offset += 1 + line.split("\u0000").length - 1;
    if (/^\s*(?:[>#]|$)/.test(line)) return [];
    const inner = [...line.matchAll(/"?\$\(([^)]*)\)"?/g)].map(([, command = ""]) => command);
    const outer = line.replaceAll(/"?\$\([^)]*\)"?/g, "$SUBSTITUTED");
    return [outer, ...inner]
      .flatMap((one) => parts(one))
      .map((words) => words.slice(words.findIndex((word) => !/^\w+=/.test(word))))
      .filter((words) => words.length > 0 && !/^\w+=/.test(words[0] ?? ""))
      .map((words) => ({ words, offset: here }));
  });
}

/** A line as its commands' words: quotes hold together, `#` begins a comment. */
function parts(line: string): readonly (readonly string[])[] {
  const tokens = [...line.matchAll(/'[^']*'|"[^"]*"|&&|\||#.*$|(?:[^\s'"|#]|'[^']*'|"[^"]*")+/g)].map(([token]) => token);
  const commands: string[][] = [[]];
  for (const token of tokens) {
    if (token.startsWith("#")) break;
    if (token === "&&" || token === "|") commands.push([]);
    else commands.at(-1)?.push(token);
  }
  return commands.filter((words) => words.length > 0);
}

function scriptsOf(folder: string): ReadonlySet<string> {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as { readonly scripts: Record<string, string> };
  return new Set(Object.keys(scripts));
}
