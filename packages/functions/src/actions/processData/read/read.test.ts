import { ValidationError } from "@streamer/protocol";
import { stringify } from "csv-stringify/sync";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_COLUMN_NAME_CHARS, MAX_COLUMNS, MAX_FIELD_CHARS, MAX_ROW_CHARS, MAX_ROWS } from "../limits.ts";
import { badRows, taken } from "../testing/rows.ts";
import { readCsv } from "./readCsv.ts";
import { readJson, readNdjson } from "./readJson.ts";
import { assertRows } from "./reading.ts";

function reading() {
  const { bad, report } = badRows();
  const read: { chars: number; rows: number }[] = [];
  return { bad, read, report, onRead: (chars: number, rows: number) => void read.push({ chars, rows }) };
}

async function csv(text: string, delimiter = ",") {
  const told = reading();
  let columns: readonly string[] = [];
  const rows = await taken(readCsv(text, delimiter, (names) => (columns = names), told));
  return { rows: rows.map(({ line, values }) => [line, Object.fromEntries(values)] as const), columns, ...told };
}

async function json(text: string, lines = false) {
  const told = reading();
  const rows = await taken(lines ? readNdjson(text, told) : readJson(text, told));
  return { rows: rows.map(({ line, values }) => [line, Object.fromEntries(values)] as const), ...told };
}

async function problemOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.catch((refused: unknown) => refused);
  if (!(error instanceof ValidationError)) throw new Error("It was not refused.", { cause: error });
  const [issue] = (error.details?.["issues"] ?? []) as readonly { message: string }[];
  return issue?.message;
}

describe("CSV", () => {
  test("rows come with the line on which they end, whatever ends the lines, and empty lines are skipped", async () => {
    const { rows, columns } = await csv('\uFEFFa,b\r\n1,"x\ny"\n\n2,"say ""hi"""\r3,');
    expect(columns).toEqual(["a", "b"]);
    expect(rows).toEqual([
      [3, { a: "1", b: "x\ny" }],
      [5, { a: "2", b: 'say "hi"' }],
      [6, { a: "3", b: "" }],
    ]);
  });

  test.each([";", "\t", "|"])("fields may be parted by %j", async (delimiter) => {
    expect((await csv(`a${delimiter}b\n1${delimiter}2,5\n`, delimiter)).rows).toEqual([[2, { a: "1", b: "2,5" }]]);
  });

  test("what was written is read again, whatever is in it", async () => {
    const field = fc.string({ unit: "binary", maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer(), field, field), { minLength: 1, maxLength: 30 }), async (records) => {
        const { rows } = await csv(stringify(records, { header: true, columns: ["id", "x", "y"], quoted: true }));
        expect(rows.map(([, values]) => values)).toEqual(records.map(([id, x, y]) => ({ id: String(id), x, y })));
      }),
      { numRuns: 50 },
    );
  });

  // Rows of an odd length: with one header or the other, the ends of slices fall within characters of two code units.
  test.each(["n", "nn"])("no character is cut, wherever a slice of the text ends: after the header %s", async (header) => {
    const names = Array.from({ length: 2_000 }, () => "😀".repeat(101));
    const { rows } = await csv(`${header}\n${names.join("\n")}\n`);
    expect(rows.map(([, values]) => Object.values(values)[0])).toEqual(names);
  });

  test("a row with a field too few or too many is left out, and the next is read", async () => {
    const { rows, bad } = await csv("a,b\n1\n1,2,3\n1,2\n");
    expect(rows).toEqual([[4, { a: "1", b: "2" }]]);
    expect(bad).toEqual([
      { line: 2, code: "WRONG_COLUMN_COUNT", message: "has 1 fields; the header has 2" },
      { line: 3, code: "WRONG_COLUMN_COUNT", message: "has 3 fields; the header has 2" },
    ]);
  });

  test("a field may be as long as its limit, and no longer", async () => {
    const { rows, bad } = await csv(`a\n${"x".repeat(MAX_FIELD_CHARS)}\n${"x".repeat(MAX_FIELD_CHARS + 1)}\n`);
    expect(rows).toHaveLength(1);
    expect(bad).toMatchObject([{ line: 3, code: "FIELD_TOO_LONG" }]);
  });

  test.each([
    ["nothing but a mark of its encoding", "\uFEFF", "line 1: there is no header. The first row must name the columns"],
    ["a column without a name", "a,,c\n1,2,3\n", "line 1: column 2 has no name"],
    ["a column twice", "a,b,a\n1,2,3\n", 'line 1: the name "a" stands there twice'],
    ["a name that is too long", `${"x".repeat(MAX_COLUMN_NAME_CHARS + 1)}\n`, "line 1: the name of column 1 has over 128 characters"],
    [
      "too many columns",
      Array.from({ length: MAX_COLUMNS + 1 }, (_, index) => `c${index}`).join(","),
      "line 1: there are 201 columns; at most 200 are taken",
    ],
    [
      "a quotation mark in an open field",
      'a,b\n1,2\n3,4"\n',
      expect.stringMatching(/^after line 2: a quotation mark stands within a field/),
    ],
    ["text after a closing quotation mark", 'a,b\n1,"2"x\n', expect.stringMatching(/^after line 1: a field goes on after/)],
    ["a quotation mark that is never closed", 'a\n1\n"2\n3\n', "after line 2: a quotation mark is opened and never closed"],
    [
      "a row that does not end",
      `a\n"${"x\n".repeat(MAX_ROW_CHARS)}`,
      expect.stringMatching(/^after line 1: a row has over 1048576 characters/),
    ],
  ])("%s makes the whole input invalid, and says where", async (_, text, problem) => {
    expect(await problemOf(csv(text))).toEqual(problem);
  });
});

describe("JSON", () => {
  test("rows come with the line on which they begin", async () => {
    const text = '\uFEFF\n[ {"a":1,"b":"x,]}\\"[{"},\n\n  {"a":null,\n "b":true}\n]\n';
    expect((await json(text)).rows).toEqual([
      [2, { a: 1, b: 'x,]}"[{' }],
      [4, { a: null, b: true }],
    ]);
  });

  test("every array of plain objects is read as JSON.parse reads it", async () => {
    const cell = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    const records = fc.array(fc.dictionary(fc.string(), cell, { noNullPrototype: true }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(records, fc.constantFrom(undefined, 1, "\t"), async (values, indent) => {
        const text = JSON.stringify(values, undefined, indent);
        const { rows, bad } = await json(text);
        expect(bad).toEqual([]);
        expect(rows.map(([, row]) => row)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("a field may be called as what every object has", async () => {
    const { rows } = await json('[{"__proto__":"x","constructor":"y"}]');
    expect(Object.entries(rows[0]?.[1] as object)).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  test("an empty array has no rows", async () => {
    expect((await json(" [ ] ")).rows).toEqual([]);
  });

  test.each([
    ['{"a":}', "NOT_JSON"],
    ["{a:1}", "NOT_JSON"],
    ["", "NOT_JSON"],
    ["5", "NOT_AN_OBJECT"],
    ["null", "NOT_AN_OBJECT"],
    ["[1]", "NOT_AN_OBJECT"],
    ['{"a":{"b":1}}', "NESTED_VALUE"],
    ['{"a":[]}', "NESTED_VALUE"],
    ['{"a":1e999}', "NOT_A_NUMBER"],
    [`{"a":"${"x".repeat(MAX_FIELD_CHARS + 1)}"}`, "FIELD_TOO_LONG"],
    [`{"${"x".repeat(MAX_COLUMN_NAME_CHARS + 1)}":1}`, "FIELD_TOO_LONG"],
    [`{"a":"${"x".repeat(MAX_ROW_CHARS)}"}`, "ROW_TOO_LONG"],
    [JSON.stringify(Object.fromEntries(Array.from({ length: MAX_COLUMNS + 1 }, (_, index) => [`c${index}`, 1]))), "TOO_MANY_COLUMNS"],
  ])("the element %.20s is left out, and the next is read", async (element, code) => {
    const { rows, bad } = await json(`[\n${element},\n{"ok":1}]`);
    expect(bad).toMatchObject([{ code }]);
    expect(rows).toEqual([[3, { ok: 1 }]]);
  });

  test("a comma before the end is an element that is missing", async () => {
    expect((await json('[{"a":1},]')).bad).toMatchObject([{ line: 1, code: "NOT_JSON" }]);
  });

  test.each([
    ["an object", '{"a":1}', "line 1: the text is no JSON array. It must begin with ["],
    ["blank", " \n", "line 1: the text is no JSON array. It must begin with ["],
    ["not closed", '[{"a":1},\n{"b":2}', "line 2: the array is not closed, or a bracket of the value that begins here is not"],
    ["closed once too often", '[{"a":1}}]', "line 1: a bracket is closed that was not opened"],
    ["not at its end", '[{"a":1}]\n[]', "line 1: something stands after the end of the array"],
    ["in a string for ever", '[\n{"a":"x}]', "line 2: a quotation mark is opened and never closed"],
  ])("an array that is %s makes the whole input invalid, and says where", async (_, text, problem) => {
    expect(await problemOf(json(text))).toBe(problem);
  });
});

describe("NDJSON", () => {
  test("each line is a row, empty ones are skipped, and a bad one costs no other", async () => {
    const { rows, bad } = await json('\uFEFF{"a":1}\r\n\n  \nno\n{"a":2}', true);
    expect(rows).toEqual([
      [1, { a: 1 }],
      [5, { a: 2 }],
    ]);
    expect(bad).toEqual([{ line: 4, code: "NOT_JSON", message: "is no JSON" }]);
  });
});

test("each reader tells how far it is, at least every 1,000 rows, and all of it in the end", async () => {
  const csvText = `a\n${"1\n".repeat(2_500)}`;
  const lines = '{"a":1}\n'.repeat(2_500);
  const told = [(await csv(csvText)).read, (await json(lines, true)).read];
  expect(told.map((read) => read.map(({ rows }) => rows))).toEqual([
    [1_000, 2_000, 2_500],
    [1_000, 2_000, 2_500],
  ]);
  expect(told[0]?.at(-1)?.chars).toBe(csvText.length);
  expect(told[1]?.[0]?.chars).toBe(8 * 1_000 - 1);
});

test("more rows than the limit are refused", () => {
  expect(() => assertRows(MAX_ROWS)).not.toThrow();
  expect(() => assertRows(MAX_ROWS + 1)).toThrow(ValidationError);
});
