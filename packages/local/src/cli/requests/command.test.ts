import { join } from "node:path";
import { tmpdir } from "node:os";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addRequestsCommand } from "./command.ts";

/** No stack runs there: who gets as far as looking for one ends with 1. */
const NOWHERE = join(tmpdir(), "no-streamer-runs-here");

/** What `streamer requests <args>` ends with. */
async function endOf(...args: readonly string[]): Promise<unknown> {
  const program = new Command("streamer").exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  addRequestsCommand(program, NOWHERE);
  // Commands inherit neither when they were added before.
  for (const command of program.commands.flatMap((one) => [one, ...one.commands])) command.copyInheritedSettings(program);
  return program.parseAsync(["requests", ...args], { from: "user" }).catch((error: unknown) => error);
}

describe("a command line that makes no sense is refused with what to do, before a system is looked for", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["a user without a tenant", ["list", "--user", "ada"], /Pass --tenant too/],
    ["completed ones of all tenants", ["list", "--status", "completed"], /listed for one tenant or connection/],
    ["dead letters that have not failed", ["list", "--dead-letters", "--status", "pending"], /Leave out --status pending/],
    ["a redrive of nothing", ["redrive"], /by its id and --tenant, or all dead letters of an action by --action/],
    ["a redrive of one and of many", ["redrive", "r1", "--tenant", "t", "--action", "a"], /not both/],
    ["a redrive of one by code", ["redrive", "r1", "--tenant", "t", "--code", "TIMEOUT"], /not both/],
    ["a redrive of one without its tenant", ["redrive", "r1"], /Pass --tenant; "streamer requests show r1" tells it/],
    ["a reason that is too long", ["cancel", "r1", "--tenant", "t", "--reason", "x".repeat(257)], /has 257 characters; it may have 256/],
  ])("%s", async (_, args, why) => {
    expect(await endOf(...args)).toMatchObject({ name: "CommandError", exitCode: 2, message: expect.stringMatching(why) as string });
  });

  it.each<[string, readonly string[], string]>([
    ["a cancel without a tenant", ["cancel", "r1"], "commander.missingMandatoryOptionValue"],
    ["a status that there is not", ["list", "--status", "lost"], "commander.invalidArgument"],
    ["a code that there is not", ["redrive", "--action", "a", "--code", "BAD_LUCK"], "commander.invalidArgument"],
    ["a limit of nothing", ["list", "--limit", "0"], "commander.invalidArgument"],
    ["an id too few", ["show"], "commander.missingArgument"],
  ])("%s", async (_, args, code) => {
    expect(await endOf(...args)).toMatchObject({ code });
  });
});

it.each<[readonly string[]]>([
  [["list"]],
  [["list", "--dead-letters", "--status", "failed"]],
  [["list", "--tenant", "t", "--user", "u", "--status", "completed", "--limit", "5"]],
  [["list", "--connection", "c1", "--status", "completed"]],
  [["show", "r1"]],
  [["cancel", "r1", "--tenant", "t"]],
  [["redrive", "r1", "--tenant", "t"]],
  [["redrive", "--action", "a", "--tenant", "t", "--code", "TIMEOUT", "--dry-run"]],
])("%j makes sense, and looks for a system", async (args) => {
  expect(await endOf(...args)).toMatchObject({
    name: "CommandError",
    exitCode: 1,
    message: expect.stringContaining("streamer dev") as string,
  });
});
