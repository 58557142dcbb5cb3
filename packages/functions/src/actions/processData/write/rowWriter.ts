import { stringify } from "csv-stringify/sync";
import { isEmpty, numberIn, textOf } from "../cells.ts";
import { MAX_OUTPUT_BYTES } from "../limits.ts";
import { BadRowError, invalidInput, judged } from "../rows.ts";
import type { Cell, ReportBadRow, Row } from "../rows.ts";

/** Writes rows as text, batch by batch. */
export interface RowWriter {
  /** @throws {ValidationError} when the output gets too large. */
  write(batch: readonly Row[]): void;
  /** The whole file. Nothing may be written after it. */
  end(): Uint8Array;
  /** Rows written so far. */
  readonly rows: number;
}

export interface RowWriterOptions {
  readonly format: "csv" | "json" | "ndjson";
  /**
   * CSV only, asked for before the first row is written: the columns, and what rows hold beside them is left out. When it gives none, they are
   * those of the rows in the first batch, and a row with another is a bad row.
   */
  readonly columns: () => readonly string[] | undefined;
  /** CSV only: what a spreadsheet would run is given an apostrophe before it. */
  readonly escapeFormulas: boolean;
  readonly report: ReportBadRow;
  /** Default `MAX_OUTPUT_BYTES`. */
  readonly maxBytes?: number;
}

export function createRowWriter(options: RowWriterOptions): RowWriter {
  const { format, maxBytes = MAX_OUTPUT_BYTES } = options;
  const encode = format === "csv" ? createCsv(options) : createJson(format === "json");
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  let rows = 0;
  const add = (text: string): void => {
    const chunk = Buffer.from(text);
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes)
      throw invalidInput("operations", `the output has over ${maxBytes} bytes. Filter or aggregate, or send the data in parts`);
    chunks.push(chunk);
  };
  return {
    write(batch) {
      const { text, written } = encode.rows(batch, rows === 0);
      rows += written;
      add(text);
    },
    end() {
      add(encode.end(rows === 0));
      return Buffer.concat(chunks);
    },
    get rows() {
      return rows;
    },
  };
}

interface Encoder {
  rows(batch: readonly Row[], first: boolean): { readonly text: string; readonly written: number };
  end(empty: boolean): string;
}

function createJson(array: boolean): Encoder {
  const [before, between, after] = array ? ["[\n", ",\n", "\n]\n"] : ["", "\n", "\n"];
  return {
    rows(batch, first) {
      const text = batch.map(({ values }) => JSON.stringify(Object.fromEntries(values))).join(between);
      return { text: batch.length === 0 ? "" : (first ? before : between) + text, written: batch.length };
    },
    end: (empty) => (empty ? (array ? "[]\n" : "") : after),
  };
}

/** RFC 4180, UTF-8. */
function createCsv({ columns: chosen, escapeFormulas, report }: RowWriterOptions): Encoder {
  let columns: readonly string[] | undefined;
  let headed = false;
  const line = (rows: readonly (readonly string[])[]): string =>
    stringify(
      rows.map((row) => [...row]),
      { record_delimiter: "windows" },
    );
  const header = (): string => {
    columns ??= chosen();
    if (headed || columns === undefined) return "";
    headed = true;
    return line([columns.map((column) => plain(column, escapeFormulas))]);
  };
  return {
    rows(batch) {
      if (batch.length === 0) return { text: "", written: 0 };
      const fixed = chosen();
      const known = (columns ??= fixed ?? [...new Set(batch.flatMap(({ values }) => [...values.keys()]))]);
      const names = new Set(known);
      const fields = batch.flatMap(({ line: at, values }) => {
        const row = judged(at, report, () => {
          if (fixed === undefined) assertKnown(values, names);
          return known.map((column) => plain(values.get(column), escapeFormulas));
        });
        return row === undefined ? [] : [row];
      });
      return { text: header() + line(fields), written: fields.length };
    },
    end: () => header(),
  };
}

function assertKnown(values: Row["values"], names: ReadonlySet<string>): void {
  const unknown = [...values.keys()].find((column) => !names.has(column));
  if (unknown !== undefined) {
    throw new BadRowError("UNKNOWN_COLUMN", `has a column "${unknown}" that no earlier row has. Name the columns of the output`);
  }
}

function plain(cell: Cell | undefined, escapeFormulas: boolean): string {
  if (isEmpty(cell)) return "";
  const text = textOf(cell);
  return escapeFormulas && /^[=+\-@\t\r]/.test(text) && numberIn(text) === undefined ? `'${text}` : text;
}
