import { encodeServerMessage, ERROR_CODES, StreamerError } from "@streamer/protocol";
import { expect, it } from "vitest";
import type { StoredFailure } from "../table/storedRequest.ts";
import { outcomeMessage } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";

const ENDED_AT = 1_711_929_600_999;
function createSigner() {
  let count = 0;
  return { sign: (key: string) => Promise.resolve(`https://bucket/${key}?signature=${(count += 1)}`) };
}
const message = (outcome: Outcome, files = createSigner()) => outcomeMessage("r1", outcome, ENDED_AT, files);

it("a completed request ends with complete, its result, and when it was", async () => {
  const outcome: Outcome = { status: "completed", result: { body: '{"records":4650}', files: {} } };
  expect(await message(outcome)).toEqual({
    type: "complete",
    request_id: "r1",
    result: { success: true, data: { records: 4650 } },
    timestamp: 1_711_929_600,
  });
});

it("its files are signed, each in its place, anew at each call", async () => {
  const files = createSigner();
  const outcome: Outcome = {
    status: "completed",
    result: { body: '{"url":"","pages":["",1]}', files: { "/url": "k1", "/pages/0": "k2" } },
  };
  expect(await message(outcome, files)).toMatchObject({
    result: { data: { url: "https://bucket/k1?signature=1", pages: ["https://bucket/k2?signature=2", 1] } },
  });
  expect(await message(outcome, files)).toMatchObject({ result: { data: { url: "https://bucket/k1?signature=3" } } });
});

it("a result in the bucket is named, not sent: its URL and those of its files are signed anew at each call", async () => {
  const files = createSigner();
  const outcome: Outcome = { status: "completed", result: { key: "k", sizeBytes: 200_000, files: { "/url": "k1" } } };
  expect(await message(outcome, files)).toMatchObject({
    result: {
      success: true,
      reference: { url: "https://bucket/k?signature=2", size_bytes: 200_000, files: { "/url": "https://bucket/k1?signature=1" } },
    },
  });
  expect(await message(outcome, files)).toMatchObject({ result: { reference: { url: "https://bucket/k?signature=4" } } });
});

it("a result in the bucket without files names none", async () => {
  const { result } = (await message({ status: "completed", result: { key: "k", sizeBytes: 1, files: {} } })) as { result: object };
  expect(result).toEqual({ success: true, reference: { url: "https://bucket/k?signature=1", size_bytes: 1 } });
});

it.each(ERROR_CODES)("a request that failed with %s ends with a final error of this code and its fixed sentence", async (code) => {
  const { message: sentence, retryable } = new StreamerError(code);
  expect(await message({ status: "failed", failure: { code } })).toEqual({
    type: "error",
    request_id: "r1",
    error: { code, message: sentence, retryable },
    final: true,
  });
});

it("a request that failed with a code of newer code ends as failed, and the code is in the details", async () => {
  const failure = { code: "BUDGET_SPENT", details: { budget: 7 } } as unknown as StoredFailure;
  expect(await message({ status: "failed", failure })).toMatchObject({
    error: { code: "PROCESSING_FAILED", retryable: false, details: { budget: 7, code: "BUDGET_SPENT" } },
    final: true,
  });
});

it("a failure's details reach the client", async () => {
  const details = { issues: [{ path: "start_date", message: "is missing" }] };
  expect(await message({ status: "failed", failure: { code: "VALIDATION_ERROR", details } })).toMatchObject({ error: { details } });
});

it.each([
  ["with the reason that was given", "user pressed stop", { reason: "user pressed stop" }],
  ["without one", undefined, {}],
])("a cancelled request ends with cancelled, %s", async (_, reason, fields) => {
  expect(await message({ status: "cancelled", reason })).toEqual({ type: "cancelled", request_id: "r1", ...fields });
});

it.each<Outcome>([
  { status: "completed", result: { body: "null", files: {} } },
  { status: "completed", result: { key: "k", sizeBytes: 1, files: { "": "k1" } } },
  { status: "failed", failure: { code: "TIMEOUT" } },
  { status: "cancelled", reason: undefined },
])("what is sent of a $status request is a message of the protocol", async (outcome) => {
  const sent = await message(outcome);
  expect(JSON.parse(encodeServerMessage(sent))).toEqual(sent);
});

it("a file that cannot be signed is not sent without its URL", async () => {
  const outcome: Outcome = { status: "completed", result: { body: '{"url":""}', files: { "/url": "k" } } };
  const files = { sign: () => Promise.reject(new Error("no credentials")) };
  await expect(outcomeMessage("r1", outcome, ENDED_AT, files)).rejects.toThrow("no credentials");
});
