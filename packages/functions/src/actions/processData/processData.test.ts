import { ValidationError } from "@streamer/protocol";
import type { InputOf } from "@streamer/protocol";
import { expect, test } from "vitest";
import { recordContext } from "../testing/processorContext.ts";
import { processData } from "./action.ts";
import { invalidExamples, validExamples } from "./examples.ts";
import { createProcessData } from "./processData.ts";

type Input = InputOf<typeof processData>;

async function run(payload: Input, overrides: Parameters<typeof recordContext<typeof processData>>[2] = {}) {
  const { context, files, reports } = await recordContext(processData, payload, overrides);
  const result = await createProcessData()(context);
  return { result, reports, file: files[0], text: files[0]?.text ?? "" };
}

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "not refused",
    (error: unknown) => error,
  );

const DATA = "id,name\n1,Ada\n2,Bob\n";

test.each(validExamples)("$title: the example works", async ({ payload }) => {
  const { result, text } = await run(payload);
  expect(result.rows_out).toBeGreaterThan(0);
  expect(result.size).toBe(Buffer.byteLength(text));
});

test.each(invalidExamples)("$title: the example is refused as it says", async ({ payload, code, issue }) => {
  const error = await refusal(run(payload as Input));
  expect(error).toBeInstanceOf(ValidationError);
  expect(error).toMatchObject({ code, retryable: false, details: { issues: expect.arrayContaining([issue]) } });
  expect((error as ValidationError).details?.["issues"]).toHaveProperty("0", issue);
});

test("revenue by region is computed of the paid orders, each once", async () => {
  const example = validExamples.find(({ title }) => title.startsWith("Revenue"));
  const { text, result } = await run(example?.payload as Input);
  expect(text).toBe("region,orders,revenue\r\nSouth,1,240\r\nNorth,2,140.4\r\n");
  expect(result).toMatchObject({ url: "reference:data.csv", rows_in: 6, rows_out: 2, errors: 0, bad_rows: [] });
});

test.each([
  ["csv", "id,name\r\n1,Ada\r\n2,Bob\r\n", "text/csv; charset=utf-8"],
  ["json", '[\n{"id":"1","name":"Ada"},\n{"id":"2","name":"Bob"}\n]\n', "application/json"],
  ["ndjson", '{"id":"1","name":"Ada"}\n{"id":"2","name":"Bob"}\n', "application/x-ndjson"],
] as const)("CSV becomes %s", async (format, expected, contentType) => {
  const { file } = await run({ format: "csv", data: DATA, output: { format } });
  expect(file).toEqual({ name: `data.${format}`, text: expected, contentType });
});

test.each([
  ["csv", "id,name\r\n"],
  ["json", "[]\n"],
  ["ndjson", ""],
] as const)("when no row is left, %s is still a file of its kind", async (format, expected) => {
  const none = { op: "filter", where: { column: "id", is: "=", value: "3" } } as const;
  const { text, result } = await run({ format: "csv", data: DATA, operations: [none], output: { format } });
  expect(text).toBe(expected);
  expect(result).toMatchObject({ rows_in: 2, rows_out: 0 });
});

test("bad rows are counted, the first 20 named with their lines, and the others go on", async () => {
  const lines = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? `${index},x` : `${index}`));
  const { result } = await run({ format: "csv", data: `id,name\n${lines.join("\n")}\n` });
  expect(result).toMatchObject({ rows_in: 60, rows_out: 30, errors: 30 });
  expect(result.bad_rows).toHaveLength(20);
  expect(result.bad_rows[0]).toEqual({ line: 3, code: "WRONG_COLUMN_COUNT", message: "has 1 fields; the header has 2" });
});

test("one bad row more than max_errors ends the work, and none less does", async () => {
  const data = "a,b\n1,2\n1\n2\n";
  await expect(run({ format: "csv", data, max_errors: 2 })).resolves.toMatchObject({ result: { errors: 2 } });
  const error = await refusal(run({ format: "csv", data, max_errors: 1 }));
  expect(error).toMatchObject({
    details: {
      issues: [
        { message: "has more than 1 bad rows" },
        { message: expect.stringMatching(/^line 3: /) },
        { message: expect.stringMatching(/^line 4: /) },
      ],
    },
  });
});

test("the bar fills with what is read, never falls, and names stage and counts", async () => {
  const data = `id\n${"1\n".repeat(5_000)}`;
  const { reports } = await run({ format: "csv", data, operations: [{ op: "sort", by: [{ column: "id" }] }] });
  const percentages = reports.map(({ percentage }) => percentage);
  expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));
  expect(reports[0]).toEqual({
    percentage: 0,
    message: "Reading data...",
    metadata: { stage: "read", rows_in: 0, rows_out: 0, errors: 0 },
  });
  expect(reports.filter(({ message }) => message.startsWith("Read ")).length).toBeGreaterThanOrEqual(5);
  expect(reports.filter(({ percentage }) => percentage === 80).length).toBe(5);
  expect(reports.at(-1)).toEqual({
    percentage: 100,
    message: "Data ready!",
    metadata: { stage: "upload", rows_in: 5_000, rows_out: 5_000, errors: 0 },
  });
});

test("work that is told to stop ends between two batches with the signal's reason, and uploads nothing", async () => {
  const stop = new AbortController();
  const reason = new Error("cancelled");
  const read: string[] = [];
  const { context, files } = await recordContext(
    processData,
    { format: "csv", data: `id\n${"1\n".repeat(10_000)}` },
    {
      signal: stop.signal,
      progress: (_, message) => {
        read.push(message);
        if (message === "Read 3000 rows") stop.abort(reason);
      },
    },
  );
  await expect(createProcessData()(context)).rejects.toBe(reason);
  expect(read.at(-1)).toBe("Read 3000 rows");
  expect(files).toEqual([]);
});

test("while it works the thread is let go, so that heartbeats and timers come through", async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  await run({ format: "ndjson", data: '{"a":1}\n'.repeat(200_000) });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(20);
});

test("the same data gives the same file again", async () => {
  const payload = validExamples[1]?.payload as Input;
  expect(await run(payload)).toEqual(await run(payload));
});

test("an upload that fails fails the work", async () => {
  const failure = new Error("no bucket");
  await expect(run({ format: "csv", data: DATA }, { putFile: () => Promise.reject(failure) })).rejects.toBe(failure);
});
