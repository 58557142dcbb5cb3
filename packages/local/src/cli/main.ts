import { CommanderError } from "commander";
import { CommandError, EXIT } from "./failure.ts";
import { createProgram } from "./program.ts";

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  return error instanceof CommandError ? error.exitCode : EXIT.failure;
}

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // What is wrong with a command line, and help, commander has printed itself.
  if (!(error instanceof CommanderError)) process.stderr.write(`streamer: ${error instanceof Error ? error.message : String(error)}\n`);
}
