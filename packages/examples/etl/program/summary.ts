import type { AnyStreamerError, BatchResult } from "@streamer/client";
import type { OutputOf } from "@streamer/protocol";
import type { App } from "../functions/src/actions/index.ts";
import type { ImportBatch } from "./display.ts";

type Result = BatchResult<OutputOf<App["importFile"]>>;

/** A line for each file, and below it the rows of it that were left out. */
export async function writeSummary(
  batch: ImportBatch,
  results: readonly Result[],
  names: readonly string[],
  out: NodeJS.WritableStream,
): Promise<void> {
  for (const result of results) {
    const name = names[result.n] ?? "";
    if (result.status !== "completed") {
      out.write(`${name}: ${result.status}, ${explain(result.error)}\n`);
      continue;
    }
    const { loaded, skipped, total_cents: cents, attempts } = result.data;
    out.write(`${name}: ${loaded} rows loaded, ${(cents / 100).toFixed(2)} in all, ${skipped} rows skipped`);
    out.write(attempts === 1 ? "\n" : `, in ${attempts} attempts\n`);
    // One file after the other: their rows must not be mixed.
    // oxlint-disable-next-line no-await-in-loop
    if (skipped > 0) for (const line of await skippedRows(batch, result.n)) out.write(`  ${line}\n`);
  }
}

/** A batch gathers no chunks: the file's own request has them. Of an attempt that failed they are here too, and are left out. */
async function skippedRows(batch: ImportBatch, n: number): Promise<readonly string[]> {
  let newest = 0;
  let lines: string[] = [];
  for await (const update of batch.item(n).handle().updates()) {
    if (update.attempt > newest) lines = [];
    newest = Math.max(newest, update.attempt);
    if (update.type === "chunk") lines.push(...update.data.map(({ line, problem }) => `line ${line}: ${problem}`));
  }
  return lines;
}

/** By the code, never by the text. The details are what the pipeline, or the schema, has against the file. */
function explain({ code, message, details }: AnyStreamerError): string {
  switch (code) {
    case "PROCESSING_FAILED":
      return typeof details?.["problem"] === "string" ? `line ${String(details["line"])}: ${details["problem"]}` : message;
    case "VALIDATION_ERROR": {
      const issues = (details?.["issues"] ?? []) as readonly { readonly path: string; readonly message: string }[];
      return issues.map((issue) => `${issue.path} ${issue.message}`).join("; ");
    }
    default:
      return `${code}: ${message}`;
  }
}
