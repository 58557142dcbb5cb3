import type { ImportBatch } from "./display.ts";

export interface FollowOptions {
  readonly out: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/**
 * Tells each update of one file: the stages by the metadata of its progress, the rows that are left out as they are found. An item of a
 * batch is a request like any other.
 *
 * @param n the file's place in the batch.
 */
export async function followFile(batch: ImportBatch, n: number, { out, signal }: FollowOptions): Promise<void> {
  // Before that the server may not have it.
  await batch.accepted({ signal });
  for await (const update of batch.item(n).handle().updates({ signal })) {
    if (update.type === "progress" && update.metadata !== undefined)
      out.write(`attempt ${update.attempt}, ${update.metadata.stage}: ${update.metadata.rows} rows\n`);
    if (update.type === "chunk") for (const { line, problem } of update.data) out.write(`line ${line}: ${problem}\n`);
  }
}
