import { ValidationError } from "@streamer/protocol";
import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Cell } from "../rows.ts";
import { badRows } from "../testing/rows.ts";
import { createRowWriter } from "./rowWriter.ts";
import type { RowWriterOptions } from "./rowWriter.ts";

function write(batches: readonly (readonly Readonly<Record<string, Cell>>[])[], options: Partial<RowWriterOptions> = {}) {
  const { bad, report } = badRows();
  const writer = createRowWriter({ format: "csv", columns: () => undefined, escapeFormulas: false, report, ...options });
  let line = 0;
  for (const batch of batches) writer.write(batch.map((record) => ({ line: (line += 1), values: new Map(Object.entries(record)) })));
  return { text: Buffer.from(writer.end()).toString(), rows: writer.rows, bad };
}

test("values are written as they are, and nothing as nothing", () => {
  expect(write([[{ a: "1.50", b: 2.5, c: true, d: null, e: 'x,"y"\n' }]]).text).toBe('a,b,c,d,e\r\n1.50,2.5,true,,"x,""y""\n"\r\n');
});

test("CSV is read again as it was written", () => {
  const texts = fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.string({ minLength: 1 })), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(texts, (records) => {
      const { text } = write([records.map(([a, b]) => ({ a, b }))]);
      expect(parse(text, { record_delimiter: "\r\n", columns: true })).toEqual(records.map(([a, b]) => ({ a, b })));
    }),
  );
});

test("the columns are those of the first batch, and a row with another is a bad row", () => {
  const { text, rows, bad } = write([[{ a: 1 }, { b: 2 }], [{ a: 3, c: 4 }], [{ b: 5 }]]);
  expect(text).toBe("a,b\r\n1,\r\n,2\r\n,5\r\n");
  expect(rows).toBe(3);
  expect(bad).toMatchObject([{ line: 3, code: "UNKNOWN_COLUMN" }]);
});

test("with columns that are named, a row may have others, which are left out", () => {
  const { text, bad } = write([[{ a: 1, b: 2 }], [{ c: 3 }]], { columns: () => ["b", "c"] });
  expect(text).toBe("b,c\r\n2,\r\n,3\r\n");
  expect(bad).toEqual([]);
});

test("what a spreadsheet would run is given an apostrophe when that is asked for, and numbers are not", () => {
  const record = { a: "=1+1", b: "-5", c: "@x", d: "+a", e: "-x" };
  expect(write([[record]], { escapeFormulas: true }).text).toBe("a,b,c,d,e\r\n'=1+1,-5,'@x,'+a,'-x\r\n");
  expect(write([[record]]).text).toBe("a,b,c,d,e\r\n=1+1,-5,@x,+a,-x\r\n");
});

test.each(["json", "ndjson"] as const)("%s over several batches, empty ones among them, is whole", (format) => {
  const { text, rows } = write([[], [{ a: 1 }, { a: 2 }], [], [{ a: 3 }]], { format });
  const values: unknown =
    format === "json"
      ? JSON.parse(text)
      : text
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as unknown);
  expect(values).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  expect(rows).toBe(3);
});

test("an output over its limit ends the work", () => {
  const batch = [{ a: "x".repeat(90) }];
  expect(write([batch], { maxBytes: 100 }).rows).toBe(1);
  expect(() => write([batch, batch], { maxBytes: 100 })).toThrow(ValidationError);
});
