import { defineAction, MAX_MESSAGE_BYTES } from "@streamer/protocol";
import * as v from "valibot";
import { beforeAll, describe, expect, it } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import type { ProcessorHarnessOptions } from "../testing/processorHarness.ts";
import { createTestTable } from "../testing/testTable.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const action = defineAction("make_text", {
  input: v.object({ length: v.number(), withFile: v.optional(v.boolean(), false) }),
  output: v.object({ text: v.string(), url: v.optional(v.string()) }),
  estimatedDuration: "1 minute",
});

async function run(input: { length: number; withFile?: boolean }, options: ProcessorHarnessOptions = {}) {
  const harness = createProcessorHarness(
    table,
    action,
    async ({ input: { length, withFile }, putFile }) => ({
      text: "x".repeat(length),
      // The name that the result itself must not take.
      ...(withFile ? { url: await putFile("result.json", "mine", "application/json") } : {}),
    }),
    options,
  );
  const request = await harness.submit(input);
  const response = await harness.process(request);
  return { ...harness, request, response, last: harness.received(request).at(-1), end: await harness.stored(request) };
}

describe("a result that does not fit into a message", () => {
  it("is put under the attempt's own prefix, and the message names it", async () => {
    const { last, end, request, uploads } = await run({ length: MAX_MESSAGE_BYTES });
    const key = `make_text/Acme/${request.requestId}/1/result/result.json`;
    expect(uploads.map((upload) => [upload.key, upload.contentType])).toEqual([[key, "application/json"]]);
    const body = uploads[0]?.body ?? "";
    expect(JSON.parse(body)).toEqual({ text: "x".repeat(MAX_MESSAGE_BYTES) });
    expect(end).toMatchObject({ status: "completed", result: undefined, resultObject: { key, sizeBytes: body.length } });
    expect(last).toMatchObject({
      type: "complete",
      result: { success: true, reference: { url: `https://bucket/${key}?signature=1`, size_bytes: body.length } },
    });
  });

  it("keeps its own file of the same name apart, and names its URL beside", async () => {
    const { last, uploads } = await run({ length: MAX_MESSAGE_BYTES, withFile: true });
    expect(new Set(uploads.map(({ key }) => key)).size).toBe(2);
    const { reference } = (last as unknown as { result: { reference: { files: Record<string, string> } } }).result;
    expect(reference.files["/url"]).toMatch(/\/1\/result\.json\?signature=\d$/);
    expect(JSON.parse(uploads.at(-1)?.body ?? "")).toMatchObject({ url: "" });
  });

  it("that the bucket does not take is tried again like any failure", async () => {
    const files = { put: () => Promise.reject(new Error("slow down")), get: async () => undefined, sign: async () => "" };
    const { end } = await run({ length: MAX_MESSAGE_BYTES }, { deps: { files } });
    expect(end.status).toBe("retrying");
  });
});

it("a result that just fits stays in its message", async () => {
  const { last, uploads } = await run({ length: MAX_MESSAGE_BYTES - 2_048 });
  expect(uploads).toEqual([]);
  expect(last).toMatchObject({ result: { data: { text: expect.any(String) as string } } });
});

it("an uploaded payload is given to the work; one that does not fit fails with VALIDATION_ERROR", async () => {
  const harness = createProcessorHarness(table, action, async ({ input }) => ({ text: `length ${input.length}` }));
  const submit = async (body: string) => {
    const key = crypto.randomUUID();
    await harness.deps.files.put(key, body, "");
    const digest = await crypto.subtle.digest("SHA-256", Buffer.from(body));
    const upload = { key, sizeBytes: body.length, sha256: Buffer.from(digest).toString("base64") };
    const request = await harness.submit(undefined, { payload: upload });
    await harness.process(request);
    return harness.received(request).at(-1);
  };
  expect(await submit('{"length":7}')).toMatchObject({ result: { data: { text: "length 7" } } });
  expect(await submit('{"length":"7"}')).toMatchObject({ error: { code: "VALIDATION_ERROR", details: { issues: [{ path: "length" }] } } });
  expect(await submit("7}")).toMatchObject({ final: true, error: { code: "VALIDATION_ERROR" } });
});
