import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { decodeClientMessage, decodeServerMessage, encodeClientMessage, encodeServerMessage } from "./codec.ts";
import { clientMessage, serverMessage } from "./messages.ts";
import { clientSamples, serverSamples } from "./testing/sampleMessages.ts";

type Fields = Readonly<Record<string, unknown>>;

describe("every message arrives as it was sent", () => {
  test.each(Object.values(clientSamples))("client: $type", (sample) => {
    expect(decodeClientMessage(encodeClientMessage(sample))).toEqual({ ok: true, message: sample });
  });

  test.each(Object.values(serverSamples))("server: $type", (sample) => {
    expect(decodeServerMessage(encodeServerMessage(sample))).toEqual({ ok: true, message: sample });
  });

  test("a result by reference, with the URLs of its files", () => {
    const reference = { url: "https://files.example/r1", size_bytes: 200_000, files: { "/url": "https://files.example/f" } };
    const sample = { ...serverSamples.complete, result: { success: true as const, reference } };
    expect(decodeServerMessage(encodeServerMessage(sample))).toEqual({ ok: true, message: sample });
  });

  test("a response that failed", () => {
    const error = { code: "PROCESSING_FAILED", message: "The action failed.", retryable: false };
    const sample = { type: "response", request_id: "e1", success: false, error } as const;
    expect(decodeServerMessage(encodeServerMessage(sample))).toEqual({ ok: true, message: sample });
  });

  test("a page of chunks that ended with a failure", () => {
    const { subscribed, chunk, error } = serverSamples;
    const sample = { ...subscribed, status: "failed" as const, updates: [chunk], outcome: error };
    expect(decodeServerMessage(encodeServerMessage(sample))).toEqual({ ok: true, message: sample });
  });
});

const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  request: ["id", "payload", "metadata", "uploaded"],
  cancel: ["reason"],
  subscribe: ["after"],
  acknowledgment: ["duplicate"],
  progress: ["metadata"],
  status: ["retry_at"],
  submit_batch: ["metadata"],
  cancel_batch: ["reason"],
  batch: ["next"],
  subscribed_topic: ["members", "more"],
  error: ["request_id", "batch_id", "topic", "final"],
  cancelled: ["reason"],
  subscribed: ["outcome", "gap"],
  gap: ["snapshot"],
};

/** In whatever message they are. */
const OPTIONAL_EVERYWHERE: readonly string[] = ["correlation_id", "traceparent"];

/** Each field of a sample, with whether the message may come without it. */
function fieldsOf(samples: Readonly<Record<string, Fields>>) {
  return Object.entries(samples).flatMap(([type, sample]) =>
    Object.keys(sample)
      .filter((field) => field !== "type")
      .map((field) => ({ type, field, optional: [...OPTIONAL_EVERYWHERE, ...(OPTIONAL[type] ?? [])].includes(field), sample })),
  );
}

describe("the fields a message must have", () => {
  test.each(fieldsOf(clientSamples))("client: $type.$field, optional: $optional", ({ field, optional, sample }) => {
    const { [field]: _, ...rest } = sample;
    expect(v.is(clientMessage, rest)).toBe(optional);
  });

  test.each(fieldsOf(serverSamples))("server: $type.$field, optional: $optional", ({ field, optional, sample }) => {
    const { [field]: _, ...rest } = sample;
    expect(v.is(serverMessage, rest)).toBe(optional);
  });

  test("unknown fields are ignored and not passed on", () => {
    const decoded = decodeClientMessage('{"type":"ping","colour":"blue"}');
    expect(decoded).toEqual({ ok: true, message: { type: "ping" } });
  });
});

describe("what a field may hold", () => {
  const bad: readonly (readonly [string, Fields])[] = [
    ["an id with a space", { ...clientSamples.request, id: "r 1" }],
    ["an empty id", { ...clientSamples.request, id: "" }],
    ["an id of 65 characters", { ...clientSamples.request, id: "r".repeat(65) }],
    ["a numeric id", { ...clientSamples.request, id: 1 }],
    ["a null id", { ...clientSamples.request, id: null }],
    ["an empty action", { ...clientSamples.request, action: "" }],
    ["an action of 65 characters", { ...clientSamples.request, action: "a".repeat(65) }],
    ["a correlation id that is no UUID", { ...clientSamples.request, correlation_id: "my-request" }],
    ["a correlation id that is no text", { ...clientSamples.request, correlation_id: 1 }],
    ["a traceparent with a trace of zeros", { ...clientSamples.request, traceparent: `00-${"0".repeat(32)}-00f067aa0ba902b7-01` }],
    ["a traceparent with a parent of zeros", { ...clientSamples.request, traceparent: `00-${"a".repeat(32)}-${"0".repeat(16)}-01` }],
    ["a traceparent of version ff", { ...clientSamples.submit_batch, traceparent: `ff-${"a".repeat(32)}-00f067aa0ba902b7-01` }],
    ["a traceparent in capitals", { ...clientSamples.submit_batch, traceparent: `00-${"A".repeat(32)}-00f067aa0ba902b7-01` }],
    ["21 metadata entries", { ...clientSamples.request, metadata: entries(21) }],
    ["a metadata key of 65 characters", { ...clientSamples.request, metadata: { ["k".repeat(65)]: "v" } }],
    ["a metadata value of 257 characters", { ...clientSamples.request, metadata: { k: "v".repeat(257) } }],
    ["a metadata value that is no text", { ...clientSamples.request, metadata: { k: 1 } }],
    ["a reason of 257 characters", { ...clientSamples.cancel, reason: "x".repeat(257) }],
    ["an upload of nothing", { ...clientSamples.upload, size_bytes: 0 }],
    ["an upload of half a byte", { ...clientSamples.upload, size_bytes: 0.5 }],
    ["a hash in hexadecimal", { ...clientSamples.upload, sha256: "e3b0c442".repeat(8) }],
    ["a hash that is too short", { ...clientSamples.request, uploaded: { size_bytes: 1, sha256: "47DEQpj8HBSa+/TImW+5JA==" } }],
    ["an upload under no id", { ...clientSamples.upload, request_id: "../r1" }],
    ["a negative after", { ...clientSamples.subscribe, after: -1 }],
    ["a fractional after", { ...clientSamples.subscribe, after: 0.5 }],
    ["a topic with a space", { ...clientSamples.subscribe_topic, topic: "a b" }],
    ["a topic of 129 characters", { ...clientSamples.subscribe_topic, topic: "t".repeat(129) }],
    ["an empty token", { ...clientSamples.authenticate, token: "" }],
  ];
  test.each(bad)("%s is refused", (_, message) => {
    expect(v.is(clientMessage, message)).toBe(false);
  });

  const good: readonly (readonly [string, Fields])[] = [
    ["an id of 64 characters", { ...clientSamples.request, id: "r".repeat(64) }],
    ["an action of 64 characters", { ...clientSamples.request, action: "a".repeat(64) }],
    ["a null payload", { ...clientSamples.request, payload: null }],
    ["a correlation id in capitals", { ...clientSamples.request, correlation_id: "0B9D2F5E-6C1A-4F7B-9D3E-8A2C4E6F8A0B" }],
    ["20 full metadata entries", { ...clientSamples.request, metadata: entries(20) }],
    ["a reason of 256 characters", { ...clientSamples.cancel, reason: "x".repeat(256) }],
    ["a topic of 128 characters", { ...clientSamples.subscribe_topic, topic: "t".repeat(128) }],
  ];
  test.each(good)("%s is taken", (_, message) => {
    expect(v.is(clientMessage, message)).toBe(true);
  });

  const badFromServer: readonly (readonly [string, Fields])[] = [
    ["a percentage over 100", { ...serverSamples.progress, percentage: 100.1 }],
    ["a negative percentage", { ...serverSamples.progress, percentage: -0.1 }],
    ["a progress text of 513 characters", { ...serverSamples.progress, message: "x".repeat(513) }],
    ["a fractional timestamp", { ...serverSamples.progress, timestamp: 0.5 }],
    ["an unknown status", { ...serverSamples.acknowledgment, status: "queued" }],
    ["a result without success", { ...serverSamples.complete, result: { success: false, data: 1 } }],
    ["a result that is neither here nor elsewhere", { ...serverSamples.complete, result: { success: true } }],
    ["a reference without a URL", { ...serverSamples.complete, result: { success: true, reference: { size_bytes: 1 } } }],
    ["an outcome that ends nothing", { ...serverSamples.subscribed, outcome: serverSamples.progress }],
    ["a replay of anything but updates", { ...serverSamples.subscribed, updates: [serverSamples.pong] }],
    ["a chunk that is no list", { ...serverSamples.chunk, data: "part" }],
    ["a chunk of no value", { ...serverSamples.chunk, data: [] }],
    ["a snapshot over 100", { ...serverSamples.gap, snapshot: { percentage: 101, message: "", timestamp: 1 } }],
    ["an error without a code", { ...serverSamples.error, error: { message: "x", retryable: true } }],
  ];
  test.each(badFromServer)("%s is refused", (_, message) => {
    expect(v.is(serverMessage, message)).toBe(false);
  });
});

function entries(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index).padEnd(64, "k"), "v".repeat(256)]));
}
