import { setTimeout } from "node:timers/promises";
import type { Run } from "@streamer/server";
import type { writeLetters } from "./action.ts";

/** Stands for the time that your own work takes. */
const WRITING_MS = 400;

/** One letter for each name, in one file. When the request is cancelled or runs out of time, `signal` ends it. */
export const run: Run<typeof writeLetters> = async ({ input, progress, putFile, signal }) => {
  const letters: string[] = [];
  for (const name of input.names) {
    progress((letters.length / input.names.length) * 100, `Writing to ${name}`);
    await setTimeout(WRITING_MS, undefined, { signal });
    letters.push(`Dear ${name},\n\nthis took a moment.\n`);
  }
  return { url: await putFile("letters.txt", letters.join("\n"), "text/plain"), letters: letters.length };
};
