import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { JsonTestResults } from "vitest/node";

export interface TestRun {
  /** Tests passed, and none failed. */
  readonly passed: boolean;
  readonly failures: readonly TestFailure[];
  /** The end of what the run printed: when it neither passed nor has failures, the tests could not be run. */
  readonly output: string;
}

export interface TestFailure {
  /** From the root. */
  readonly file: string;
  readonly test: string;
}

export interface RunOptions {
  /** Stops at the first failure. */
  readonly bail: boolean;
  readonly signal: AbortSignal;
}

const OUTPUT_CHARS = 2_000;

/** Runs test files of the project `unit` in a copy of the tree. */
export async function runTests(root: string, tests: readonly string[], { bail, signal }: RunOptions): Promise<TestRun> {
  const outputFile = join(root, "mutations-report.json");
  rmSync(outputFile, { force: true });
  const args = ["run", "--project", "unit", ...(bail ? ["--bail", "1"] : []), "--reporter", "json", "--outputFile", outputFile, ...tests];
  const output = await outputOf(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), ...args], root, signal);
  const report = readReport(outputFile);
  if (report === undefined) return { passed: false, failures: [], output };
  const failures = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName }) => ({ file: relative(root, name), test: fullName.trim() })),
  );
  return { passed: report.success && report.numPassedTests > 0, failures, output };
}

function readReport(file: string): JsonTestResults | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as JsonTestResults;
  } catch {
    return undefined;
  }
}

function outputOf(command: string, args: readonly string[], cwd: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"], signal });
    let output = "";
    const take = (data: Buffer): void => {
      output = (output + data.toString()).slice(-OUTPUT_CHARS);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("error", reject);
    child.once("close", () => resolve(output));
  });
}
