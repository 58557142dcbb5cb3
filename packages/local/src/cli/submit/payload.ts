import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { CommandError, EXIT } from "../failure.ts";

/**
 * What `--payload` names: JSON itself, `@<file>` for that of a file, `-` for that of the standard input.
 *
 * @throws {CommandError} when there is no such file, or it is not JSON. What was read is not quoted.
 */
export async function readPayload(option: string, stdin: NodeJS.ReadableStream): Promise<unknown> {
  if (option === "-") return parse(await text(stdin), "the standard input");
  if (!option.startsWith("@")) return parse(option, "--payload");
  const path = option.slice(1);
  try {
    return parse(await readFile(path, "utf8"), path);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new CommandError(EXIT.usage, `The payload's file "${path}" cannot be read (${code}). Check its name.`, { cause: error });
  }
}

function parse(json: string, where: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    const hint = `In a shell, put it in quotation marks: --payload '{"message":"hello"}'; @file takes it from a file, - from the standard input.`;
    throw new CommandError(EXIT.usage, `What ${where} gives is not JSON (${json.length} characters). ${hint}`);
  }
}
