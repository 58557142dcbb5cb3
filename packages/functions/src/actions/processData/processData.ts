import type { ParsedInputOf } from "@streamer/protocol";
import type { Run } from "@streamer/server";
import type { processData } from "./action.ts";
import { createBadRows } from "./badRows.ts";
import { columnsAfter } from "./operations/columns.ts";
import { pipeline } from "./operations/pipeline.ts";
import { readCsv } from "./read/readCsv.ts";
import { readJson, readNdjson } from "./read/readJson.ts";
import type { Reading } from "./read/reading.ts";
import { invalidInput } from "./rows.ts";
import type { Rows } from "./rows.ts";
import { createRowWriter } from "./write/rowWriter.ts";

type Input = ParsedInputOf<typeof processData>;

/** What of the bar reading fills; the rest is for what the operations hold until the end, and for the upload. */
const READ_PERCENT = 75;
const WRITE_PERCENT = 80;
const UPLOAD_PERCENT = 90;

const CONTENT_TYPES = {
  csv: "text/csv; charset=utf-8",
  json: "application/json",
  ndjson: "application/x-ndjson",
} as const satisfies Record<Input["format"], string>;

/**
 * The work of `process_data`: read, operate, write, upload. It changes nothing but its file, so an attempt that follows simply begins again.
 * It ends at the signal with the signal's reason, between two batches of rows.
 */
export function createProcessData(): Run<typeof processData> {
  return async ({ input, progress, flush, putFile, signal, logger }) => {
    const format = input.output.format ?? input.format;
    const bad = createBadRows(input.max_errors);
    let columns: readonly string[] | undefined = input.output.columns;
    const writer = createRowWriter({
      format,
      columns: () => columns,
      escapeFormulas: input.output.escape_formulas ?? false,
      report: bad.report,
    });
    let rowsIn = 0;
    let readChars = 0;
    const counts = () => ({ rows_in: rowsIn, rows_out: writer.rows, errors: bad.count });
    progress(0, "Reading data...", { stage: "read", ...counts() });
    await flush();

    const onRead = (chars: number, rows: number): void => {
      rowsIn = rows;
      readChars = chars;
      const percentage = (chars / input.data.length) * READ_PERCENT;
      progress(percentage, `Read ${rows} rows`, { stage: "read", ...counts() });
    };
    const onColumns = (header: readonly string[]): void => {
      columns = outputColumns(header, input);
    };
    const rows = readRows(input, onColumns, { report: bad.report, onRead });
    for await (const batch of pipeline(rows, input.operations, bad.report, signal)) {
      writer.write(batch);
      // What is sorted or grouped comes when all has been read.
      if (readChars >= input.data.length) progress(WRITE_PERCENT, `Wrote ${writer.rows} rows`, { stage: "write", ...counts() });
    }
    bad.assertSomeGood(rowsIn);
    signal.throwIfAborted();
    const body = writer.end();
    progress(UPLOAD_PERCENT, "Uploading to S3...", { stage: "upload", ...counts() });
    await flush();
    const url = await putFile(`data.${format}`, body, CONTENT_TYPES[format]);
    progress(100, "Data ready!", { stage: "upload", ...counts() });
    logger.info("Data processed.", { app: { ...counts(), format, size_bytes: body.byteLength, operations: input.operations.length } });
    return { url, ...counts(), bad_rows: [...bad.first], size: body.byteLength };
  };
}

function readRows(input: Input, onColumns: (columns: readonly string[]) => void, reading: Reading): Rows {
  switch (input.format) {
    case "csv":
      return readCsv(input.data, input.delimiter, onColumns, reading);
    case "json":
      return readJson(input.data, reading);
    case "ndjson":
      return readNdjson(input.data, reading);
  }
}

/** Of CSV all is known before its first row. @throws {ValidationError} when an operation, or the output, names a column that is not there. */
function outputColumns(header: readonly string[], { operations, output }: Input): readonly string[] {
  const all = columnsAfter(header, operations);
  const missing = output.columns?.find((column) => !all.includes(column));
  if (missing !== undefined) throw invalidInput("output.columns", `there is no column "${missing}" after the operations`);
  return output.columns ?? all;
}
