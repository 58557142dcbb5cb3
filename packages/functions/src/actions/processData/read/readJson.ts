import { BATCH_ROWS } from "../limits.ts";
import { judged } from "../rows.ts";
import type { Row, Rows } from "../rows.ts";
import { jsonElements } from "./jsonElements.ts";
import type { JsonElement } from "./jsonElements.ts";
import { parseJsonRow } from "./jsonRow.ts";
import { assertRows } from "./reading.ts";
import type { Reading } from "./reading.ts";

/** The rows of a JSON array of objects. @throws {ValidationError} when the text is none. */
export function readJson(text: string, reading: Reading): Rows {
  return readElements(jsonElements(text), reading);
}

/** The rows of a text with one JSON object a line; empty lines are skipped. */
export function readNdjson(text: string, reading: Reading): Rows {
  return readElements(lines(text), reading);
}

// Async, though all of it is there: whoever takes the rows waits between batches.
async function* readElements(elements: Iterable<JsonElement>, { report, onRead }: Reading): Rows {
  let rows = 0;
  let end = 0;
  let batch: Row[] = [];
  for (const element of elements) {
    rows += 1;
    end = element.end;
    assertRows(rows);
    const values = judged(element.line, report, () => parseJsonRow(element.text));
    if (values !== undefined) batch.push({ line: element.line, values });
    if (rows % BATCH_ROWS === 0) {
      onRead(end, rows);
      yield batch;
      batch = [];
    }
  }
  onRead(end, rows);
  yield batch;
}

function* lines(text: string): Generator<JsonElement> {
  let line = 0;
  for (let from = text.startsWith("\uFEFF") ? 1 : 0; from < text.length;) {
    line += 1;
    const newline = text.indexOf("\n", from);
    const end = newline === -1 ? text.length : newline;
    const content = text.slice(from, end).trim();
    if (content !== "") yield { text: content, line, end };
    from = end + 1;
  }
}
