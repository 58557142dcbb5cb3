import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { BATCH_ROWS, MAX_COLUMN_NAME_CHARS, MAX_COLUMNS, MAX_ROW_CHARS } from "../limits.ts";
import { checkedCell } from "../cells.ts";
import { BadRowError, invalidInput, judged } from "../rows.ts";
import type { Cell, Row, Rows } from "../rows.ts";
import { assertRows } from "./reading.ts";
import type { Reading } from "./reading.ts";

const SLICE_CHARS = 64 * 1024;

interface Parsed {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

/**
 * The rows of a CSV text (RFC 4180, any of the three line ends, a byte-order mark is skipped). The first row names the columns; `onColumns` is
 * told them before any row is given.
 *
 * @throws {ValidationError} naming the line, when there is no header that can be used, or when quotation marks do not pair: from there on
 * nobody can tell where a row ends.
 */
export async function* readCsv(text: string, delimiter: string, onColumns: (columns: readonly string[]) => void, reading: Reading): Rows {
  let sentChars = 0;
  let lastLine = 0;
  function* slices(): Generator<Buffer> {
    // Each slice by its own: a character of two code units may stand on the border, and must not be cut.
    for (let from = 0; from < text.length; from = sentChars) {
      const to = from + SLICE_CHARS;
      sentChars = isHighSurrogate(text.charCodeAt(to - 1)) ? to + 1 : to;
      yield Buffer.from(text.slice(from, sentChars));
    }
  }
  const parser = Readable.from(slices(), { objectMode: false }).pipe(
    parse({
      bom: true,
      delimiter,
      info: true,
      max_record_size: MAX_ROW_CHARS,
      // An error overtakes the rows that wait to be taken: where the last whole row ended is known here only.
      on_record: (record: string[], { lines }) => {
        lastLine = lines;
        return record;
      },
      record_delimiter: ["\r\n", "\n", "\r"],
      // Rows that are shorter or longer than the header are ours to judge, one by one.
      relax_column_count: true,
      skip_empty_lines: true,
    }),
  );

  let columns: readonly string[] | undefined;
  let rows = 0;
  let batch: Row[] = [];
  try {
    for await (const { info, record } of parser as AsyncIterable<Parsed>) {
      const line = info.lines;
      if (columns === undefined) {
        columns = checkedHeader(record);
        onColumns(columns);
        continue;
      }
      rows += 1;
      assertRows(rows);
      const header = columns;
      const values = judged(line, reading.report, () => toValues(header, record));
      if (values !== undefined) batch.push({ line, values });
      if (rows % BATCH_ROWS === 0) {
        reading.onRead(Math.min(sentChars, text.length), rows);
        yield batch;
        batch = [];
      }
    }
  } catch (error) {
    if (error instanceof CsvError) throw invalidInput("data", `after line ${lastLine}: ${problemOf(error)}`);
    throw error;
  }
  if (columns === undefined) throw invalidInput("data", "line 1: there is no header. The first row must name the columns");
  reading.onRead(text.length, rows);
  yield batch;
}

function toValues(columns: readonly string[], record: readonly string[]): ReadonlyMap<string, Cell> {
  if (record.length !== columns.length) {
    throw new BadRowError("WRONG_COLUMN_COUNT", `has ${record.length} fields; the header has ${columns.length}`);
  }
  return new Map(columns.map((column, index) => [column, checkedCell(record[index] ?? "", column)]));
}

function checkedHeader(columns: readonly string[]): readonly string[] {
  const refuse = (problem: string) => invalidInput("data", `line 1: ${problem}`);
  if (columns.length > MAX_COLUMNS) throw refuse(`there are ${columns.length} columns; at most ${MAX_COLUMNS} are taken`);
  for (const [index, name] of columns.entries()) {
    if (name === "") throw refuse(`column ${index + 1} has no name`);
    if (name.length > MAX_COLUMN_NAME_CHARS) throw refuse(`the name of column ${index + 1} has over ${MAX_COLUMN_NAME_CHARS} characters`);
    if (columns.indexOf(name) !== index) throw refuse(`the name "${name}" stands there twice`);
  }
  return columns;
}

/** The parser's own sentences quote what is in the fields. */
function problemOf({ code }: CsvError): string {
  switch (code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return "a quotation mark is opened and never closed";
    case "INVALID_OPENING_QUOTE":
      return 'a quotation mark stands within a field that does not begin with one. Write the field as "…", and the mark in it twice';
    case "CSV_INVALID_CLOSING_QUOTE":
      return "a field goes on after the quotation mark that closes it. Write a mark within a field twice";
    case "CSV_MAX_RECORD_SIZE":
      return `a row has over ${MAX_ROW_CHARS} characters. Is a quotation mark missing?`;
    default:
      return "this is no CSV";
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
