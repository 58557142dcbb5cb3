import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { expect, it } from "vitest";
import { addDoctorCommand } from "./command.ts";

/** What `streamer doctor <args>` ends with. */
async function endOf(...args: readonly string[]): Promise<unknown> {
  const program = new Command("streamer").exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  addDoctorCommand(program, join(tmpdir(), "no-streamer-runs-here"));
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program.parseAsync(["doctor", ...args], { from: "user" }).catch((error: unknown) => error);
}

it.each<[string, readonly string[], RegExp]>([
  ["a Region without a stage", ["--region", "eu-west-1"], /--region belongs to a deployed stage/],
  ["a URL without a stage", ["--url", "wss://x"], /--url belongs to a deployed stage/],
  ["a key without a stage", ["--jwt-key", "k.pem"], /--jwt-key belongs to a deployed stage/],
  ["a stage without an app", ["--stage", "prod"], /Which app\? Pass --app/],
  ["a URL that is no WebSocket's", ["--stage", "prod", "--app", "a", "--url", "https://x"], /wss:/],
  ["a key that is nowhere", ["--stage", "prod", "--app", "a", "--jwt-key", "/no/such/file"], /neither a URL nor a file/],
  ["a payload without a deep test", ["--payload", "{}"], /--payload belongs to --deep/],
])("a command line with %s is refused with what to do, before anything is looked at", async (_, args, why) => {
  expect(await endOf(...args)).toMatchObject({ name: "CommandError", exitCode: 2, message: expect.stringMatching(why) as string });
});

it.each<[string, readonly string[]]>([
  ["a payload that is no JSON", ["--deep", "echo", "--payload", "{"]],
  ["no time at all", ["--deep", "--deep-timeout", "0"]],
  ["a word too many", ["everything"]],
])("a command line with %s is refused", async (_, args) => {
  expect(await endOf(...args)).toMatchObject({ name: "CommanderError" });
});
