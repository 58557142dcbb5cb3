import { join } from "node:path";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProgram } from "../program.ts";

/** No stack runs there: who gets as far as looking for one ends with 1. */
const NOWHERE = join(tmpdir(), "no-streamer-runs-here");

beforeEach(() => vi.stubEnv("STREAMER_TOKEN", ""));
afterEach(() => vi.unstubAllEnvs());

/** What `streamer <args>` ends with. */
async function endOf(...args: readonly string[]): Promise<unknown> {
  const program = createProgram();
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  return program.parseAsync(args, { from: "user" }).catch((error: unknown) => error);
}

describe("a command line that makes no sense is refused with what to do", () => {
  const stage = ["--url", "wss://api.example.com"];
  it.each<[string, readonly string[], RegExp]>([
    ["no token", stage, /Put one into STREAMER_TOKEN/],
    ["a user beside the token", [...stage, "--token", "t", "--user", "ada"], /stands in the token/],
    ["a way that is not encrypted", ["--url", "ws://api.example.com", "--token", "t"], /would send the token unencrypted/],
    ["a page", ["--url", "https://api.example.com", "--token", "t"], /is not where clients connect/],
    ["a payload that is not JSON", ["--payload", "{"], /is not JSON/],
  ])("%s", async (_, args, why) => {
    expect(await endOf("submit", "echo", ...args)).toMatchObject({
      name: "CommandError",
      exitCode: 2,
      message: expect.stringMatching(why) as string,
    });
  });

  it.each<[string, readonly string[]]>([
    ["an id that cannot be", ["--id", "a b"]],
    ["more at once than are let", ["--count", "101"]],
    ["none at once", ["--count", "0"]],
    ["metadata without a value", ["--metadata", "a"]],
  ])("%s", async (_, args) => {
    expect(await endOf("submit", "echo", ...args)).toMatchObject({ code: "commander.invalidArgument" });
  });
});

it.each([
  ["submit", "echo", "--count", "10", "--metadata", "a=b", "--metadata", "c="],
  ["watch", "r1"],
])("without a stack %s says how to start one", async (...args) => {
  const end = await endOf(...args, "--data-dir", NOWHERE);
  expect(end).toMatchObject({ name: "CommandError", exitCode: 1, message: expect.stringContaining('"streamer dev"') as string });
});
