import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { reflect } from "./action.ts";

export const handler = createProcessor(
  reflect,
  async ({ input: { text, more, withFile }, putFile }) => ({
    text,
    more: "é".repeat(more),
    ...(withFile ? { file: await putFile("note.txt", "a note", "text/plain") } : {}),
  }),
  processorDeps(),
);
