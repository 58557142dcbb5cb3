import { decodeClientMessage, decodeServerMessage } from "@streamer/protocol";
import { clientSamples, serverSamples } from "@streamer/protocol/testing";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeMessage } from "../encodeFrame.ts";
import { BATCH_CHECKS } from "../batch/checks.ts";
import { TOPIC_CHECKS } from "../topics/checks.ts";
import { GATEWAY_FRAME, complete, errorBody } from "../testing/setup.ts";
import { readMessage } from "./readMessage.ts";
import type { SentMessage } from "./sentMessages.ts";

/** The client reads and writes by checks of its own. Here they are held against the schemas of the protocol. */

/** Of a page that uses all there is. */
const MORE = new Map(Object.entries({ ...BATCH_CHECKS, ...TOPIC_CHECKS }));
const read = (text: string) => readMessage(text, MORE);

const SERVER_MESSAGES: readonly unknown[] = [
  ...Object.values(serverSamples),
  { ...complete("done"), last_sequence: 1_000_002 },
  { ...complete(""), result: { success: true, reference: { url: "https://files.example", size_bytes: 9, files: { "/0": "https://x" } } } },
  { type: "response", request_id: "r1", success: false, error: errorBody("TIMEOUT") },
  { type: "error", error: { ...errorBody("RATE_LIMITED"), details: { retry_after: 2 } }, final: true, last_sequence: 0 },
  { type: "subscribed", request_id: "r1", status: "failed", updates: [serverSamples.chunk], more: true, outcome: serverSamples.error },
  JSON.parse(GATEWAY_FRAME),
];

const SENT_MESSAGES: readonly SentMessage[] = [
  clientSamples.request,
  clientSamples.upload,
  clientSamples.cancel,
  clientSamples.subscribe,
  clientSamples.authenticate,
  clientSamples.ping,
];

const DELETED = Symbol("deleted");
const TEXTS = ["", "x", "a b", "a/b", "pending", "progress", "gap", "complete"];
const LONG_TEXTS = [64, 65, 128, 129, 256, 257, 512, 513].map((chars) => "x".repeat(chars));
const NUMBERS = [0, -1, 1, 1.5, 100, 101, 2 ** 53, 1e300];
const OBJECTS = [[], [1], ["x"], {}, { a: "x" }, { a: 1 }, { ["k".repeat(65)]: "x" }, { a: "x".repeat(257) }, errorBody("TIMEOUT")];
const VALUES: readonly unknown[] = [
  DELETED,
  null,
  true,
  false,
  ...TEXTS,
  ...LONG_TEXTS,
  ...NUMBERS,
  ...OBJECTS,
  Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, "x"])),
  ...SERVER_MESSAGES,
];

/** The places in a value, each as the keys that lead there. */
function places(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...places(inner).map((place) => [key, ...place])]);
}

function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const inner = changed(Reflect.get(copy, key), rest, to);
  if (inner === DELETED) Reflect.deleteProperty(copy, key);
  else Reflect.set(copy, key, inner);
  return copy;
}

/** A message with up to two of its places changed. */
function broken(messages: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.constantFrom(...messages).chain((message) => {
    const change = fc.tuple(fc.constantFrom<string[]>(...places(message), ["added"]), fc.constantFrom(...VALUES));
    return fc
      .array(change, { maxLength: 2 })
      .map((changes) => changes.reduce<unknown>((now, [place, to]) => apply(now, place, to), message));
  });
}

/** The first change may have taken the place of the second away. */
function apply(value: unknown, place: readonly string[], to: unknown): unknown {
  const parent = place
    .slice(0, -1)
    .reduce<unknown>((now, key) => (typeof now === "object" && now !== null ? Reflect.get(now, key) : undefined), value);
  return typeof parent === "object" && parent !== null ? changed(value, place, to) : value;
}

describe("reading", () => {
  test("every message of the protocol is read as it is", () => {
    for (const message of SERVER_MESSAGES) expect(read(JSON.stringify(message))).toEqual(message);
  });

  test("what the protocol does not allow is not read, and what it allows is", () => {
    let refused = 0;
    fc.assert(
      fc.property(broken(SERVER_MESSAGES), (message) => {
        const text = JSON.stringify(message);
        const { ok } = decodeServerMessage(text);
        if (!ok) refused += 1;
        expect(read(text) !== undefined).toBe(ok);
      }),
      { numRuns: 20_000 },
    );
    expect(refused).toBeGreaterThan(2_000);
  });

  test("a page that uses neither batches nor topics does not read their messages", () => {
    for (const type of MORE.keys()) {
      const { [type]: sample } = serverSamples as Readonly<Record<string, unknown>>;
      expect(readMessage(JSON.stringify(sample))).toBeUndefined();
      expect(read(JSON.stringify(sample))).toEqual(sample);
    }
  });

  test.each(["", "not json", "null", "[]", "1", '"text"', "{}", '{"type":"constructor"}', '{"type":["progress"]}'])(
    "%s is no message",
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );
});

describe("writing", () => {
  test("what the server would refuse is not written, and the rest is", () => {
    let refused = 0;
    fc.assert(
      fc.property(broken(SENT_MESSAGES), (message) => {
        // Another type is another message, and a message without one is a request.
        const { type } = message as { readonly type?: unknown };
        fc.pre(SENT_MESSAGES.some((sent) => sent.type === type));
        const { ok } = decodeClientMessage(JSON.stringify(message));
        if (!ok) refused += 1;
        let written = true;
        try {
          encodeMessage(message as SentMessage);
        } catch {
          written = false;
        }
        expect(written).toBe(ok);
      }),
      { numRuns: 20_000 },
    );
    expect(refused).toBeGreaterThan(2_000);
  });
});
