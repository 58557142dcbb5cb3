import type { IncomingMessage } from "node:http";
import { ConsoleProblem } from "./consoleProblem.ts";

/** Our own: a server message of 128 KB, escaped. */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * The JSON of a request's body. It is read to its end in any case, so that whoever sends too much gets to read the answer.
 *
 * @throws {ConsoleProblem} for another content type (only a page that we allow can send this one), for more than `MAX_BODY_BYTES`, for no JSON.
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(request.headers["content-type"] ?? "")) {
    throw new ConsoleProblem("UNSUPPORTED_TYPE", "The body must be JSON, with the header Content-Type: application/json.");
  }
  if (sizeBytes > MAX_BODY_BYTES) {
    throw new ConsoleProblem("TOO_LARGE", `The body has ${sizeBytes} bytes; at most ${MAX_BODY_BYTES} are taken.`);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))) as unknown;
  } catch (cause) {
    throw new ConsoleProblem("INVALID", "The body is no JSON.", { cause });
  }
}
