import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

const STREAMER = resolve(import.meta.dirname, "../../packages/local/bin/streamer.js");

/** What a test runner sets for what it runs, and a person's shell does not have. */
const OF_THE_RUNNER = /^(?:VITEST.*|NODE_ENV|NODE_OPTIONS|TEST|DEV|PROD|SSR|MODE|BASE_URL|FORCE_COLOR)$/;

/** What a page has somebody type, and what it says they will see. */
export interface PageStep {
  readonly title: string;
  readonly commands: readonly string[];
  readonly shown: readonly string[];
  /** Of the last command. */
  readonly exitCode: number;
}

/** The steps of a part of a page: each block of commands that is followed by what it shows. The text before one may name its exit code. */
export function stepsOf(title: string, text: string): readonly PageStep[] {
  return [...text.matchAll(/([^`]*?)```sh\n((?:(?!```)[\s\S])+)```\n\n```text\n((?:(?!```)[\s\S])+)```/g)].map(
    ([, before = "", typed = "", shown = ""]) => ({
      title,
      commands: typed.trim().split("\n"),
      shown: shown.trimEnd().split("\n"),
      exitCode: Number(/\(exit code (\d+)\)/.exec(before)?.[1] ?? 0),
    }),
  );
}

export interface Typed {
  readonly code: number | null;
  readonly said: string;
}

/**
 * Runs a line as a shell does, with what it says on both, in that order. The commands of this repository come first.
 *
 * @throws Error for what installs: that would take away what the tests themselves run on.
 */
export async function typeCommand(command: string, cwd: string): Promise<Typed> {
  if (/\bnpm (?:ci|cit|i|install)\b/.test(command)) throw new Error(`A test may not type "${command}": it would install.`);
  const line = command.replaceAll("npx streamer", `"${process.execPath}" "${STREAMER}"`).replaceAll(/npx (?=node |vitest )/g, "");
  const bin = join(import.meta.dirname, "../../node_modules/.bin");
  const own = Object.entries(process.env).filter(([name]) => !OF_THE_RUNNER.test(name));
  const env = { ...Object.fromEntries(own), PATH: `${bin}:${process.env["PATH"] ?? ""}`, NO_COLOR: "1" };
  const child = spawn("sh", ["-c", `${line} 2>&1`], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (data: Buffer) => (said += data.toString()));
  const code = await new Promise<number | null>((done) => child.once("close", done));
  return { code, said };
}

/** The first line of the page that was not said, those before it having been said in this order. */
export function missingLine(shown: readonly string[], said: string): string | undefined {
  const lines = said.split("\n");
  let next = 0;
  return shown.find((wanted) => {
    const found = lines.findIndex((line, index) => index >= next && pattern(wanted).test(line));
    if (found >= 0) next = found + 1;
    return found < 0;
  });
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
