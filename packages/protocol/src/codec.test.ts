import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { byteLength, decodeClientMessage, decodeServerMessage, encodeClientMessage, encodeServerMessage } from "./codec.ts";
import type { Decoded } from "./codec.ts";
import type { ClientMessageInput, ServerMessage } from "./messages.ts";

/** Why a frame was refused, and for which request. */
function refusalOf(decoded: Decoded<unknown> | { readonly ok: true }) {
  if (decoded.ok) throw new Error("the frame was accepted");
  expect(decoded.error.code).toBe("INVALID_MESSAGE");
  return { reason: decoded.error.details?.["reason"] as string, requestId: decoded.requestId };
}

describe("a client's frame", () => {
  test("without a type it is a request, its payload an empty object", () => {
    const decoded = decodeClientMessage('{"action":"echo"}');
    expect(decoded).toEqual({ ok: true, message: { type: "request", action: "echo", payload: {} } });
  });

  test("subscribe begins at the start unless told otherwise", () => {
    expect(decodeClientMessage('{"type":"subscribe","request_id":"r1"}')).toMatchObject({ message: { after: 0 } });
  });

  test.each([
    ["", "not JSON"],
    ["not json", "not JSON"],
    ['{"action":"echo"', "not JSON"],
    ["[]", "not a JSON object"],
    ["42", "not a JSON object"],
    ['"ping"', "not a JSON object"],
    ["null", "not a JSON object"],
  ])("%j is refused: %s", (frame, reason) => {
    expect(refusalOf(decodeClientMessage(frame))).toEqual({ reason, requestId: undefined });
  });

  test.each<[string, unknown, string]>([
    ["negative", -1, "must not be negative"],
    ["a fraction", 1.5, "must be a whole number, as sequences are"],
    ["beyond what a number holds", 1e300, "must be a whole number, as sequences are"],
    ["a text", "1000001", "must be a number"],
    ["null", null, "must be a number"],
    ["a list", [1], "must be a number"],
  ])("an after that is %s is a VALIDATION_ERROR under the request's id", (_, after, message) => {
    const decoded = decodeClientMessage(JSON.stringify({ type: "subscribe", request_id: "r1", after }));
    if (decoded.ok) throw new Error("the frame was accepted");
    expect(decoded.error.toBody()).toMatchObject({ code: "VALIDATION_ERROR", details: { issues: [{ path: "after", message }] } });
    expect(decoded.requestId).toBe("r1");
  });

  test.each([
    ["an unknown type", { type: "shout", id: "r1" }],
    ["a server's type", { type: "pong" }],
    ["a type that is null", { type: null, action: "echo" }],
    ["a type of Object.prototype", { type: "constructor" }],
  ])("%s is refused, naming the field", (_, message) => {
    expect(refusalOf(decodeClientMessage(JSON.stringify(message))).reason).toMatch(/^type: /);
  });

  test("of 128 KB it is read, of one byte more it is not", () => {
    const frame = (bytes: number): string => {
      const empty = '{"action":"echo","payload":"é"}';
      return empty.replace("é", `é${"x".repeat(bytes - byteLength(empty))}`);
    };
    expect(decodeClientMessage(frame(131_072)).ok).toBe(true);
    expect(refusalOf(decodeClientMessage(frame(131_073)))).toEqual({ reason: "larger than 131072 bytes", requestId: undefined });
  });

  describe("nested too deeply", () => {
    const frame = (levels: number, open = "[", close = "]"): string =>
      `{"id":"r7","action":"echo","payload":${open.repeat(levels - 1)}1${close.repeat(levels - 1)},"metadata":{"a":"b"}}`;

    test("is refused under its id; at 64 levels it is read", () => {
      expect(decodeClientMessage(frame(64)).ok).toBe(true);
      expect(refusalOf(decodeClientMessage(frame(65)))).toEqual({ reason: "nested deeper than 64 levels", requestId: "r7" });
      expect(refusalOf(decodeClientMessage(frame(65, '{"a":', "}"))).reason).toBe("nested deeper than 64 levels");
      expect(refusalOf(decodeClientMessage(frame(65_000)))).toEqual({ reason: "nested deeper than 64 levels", requestId: "r7" });
    });

    test("is refused for its size first, and unparsed: what never closes is refused the same way", () => {
      expect(refusalOf(decodeClientMessage("[".repeat(131_073))).reason).toBe("larger than 131072 bytes");
      expect(refusalOf(decodeClientMessage("[".repeat(131_072)))).toEqual({ reason: "nested deeper than 64 levels", requestId: undefined });
    });

    test("brackets in text are no nesting", () => {
      expect(decodeClientMessage(JSON.stringify({ action: "echo", payload: { message: '["{'.repeat(5_000) } })).ok).toBe(true);
    });

    test("a server's frame may be: results are the app's own", () => {
      const data = `${"[".repeat(200)}${"]".repeat(200)}`;
      expect(decodeServerMessage(`{"type":"response","request_id":"r1","success":true,"data":${data}}`).ok).toBe(true);
    });
  });

  test("keys of a prototype's name stay data and change no prototype", () => {
    const decoded = decodeClientMessage('{"action":"echo","payload":{"__proto__":{"admin":true}},"__proto__":{"id":"stolen"}}');
    if (!decoded.ok || decoded.message.type !== "request") throw new Error("refused");
    expect(decoded.message.id).toBeUndefined();
    expect(Object.keys(decoded.message.payload as object)).toEqual(["__proto__"]);
    expect((decoded.message.payload as { admin?: boolean }).admin).toBeUndefined();
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test.each(["__proto__", "constructor", "prototype"])("metadata named %s is left out and changes nothing", (name) => {
    const decoded = decodeClientMessage(`{"action":"echo","metadata":{"${name}":"evil","source":"test"}}`);
    if (!decoded.ok || decoded.message.type !== "request") throw new Error("refused");
    expect(Object.entries(decoded.message.metadata ?? {})).toEqual([["source", "test"]]);
    expect(Object.getPrototypeOf(decoded.message.metadata)).toBe(Object.prototype);
  });

  test.each([
    ["its id", '{"id":"r7","action":5}', "r7"],
    ["its request_id", '{"type":"cancel","request_id":"r7","reason":5}', "r7"],
    ["the one that is well formed", '{"id":"no id","request_id":"r7","type":"shout"}', "r7"],
  ])("a broken frame's error names the request by %s", (_, frame, requestId) => {
    expect(refusalOf(decodeClientMessage(frame)).requestId).toBe(requestId);
  });

  test.each([
    ["is malformed", '{"id":"r 7","action":"echo"}'],
    ["is no text", '{"id":7,"action":"echo"}'],
    ["stands under __proto__", '{"__proto__":{"id":"r7"}}'],
  ])("no request is named when the id %s", (_, frame) => {
    expect(refusalOf(decodeClientMessage(frame)).requestId).toBeUndefined();
  });

  test("a broken frame about a batch names the batch, when its id is well formed", () => {
    const batchOf = (frame: string): string | undefined => {
      const decoded = decodeClientMessage(frame);
      return decoded.ok ? "it was read" : decoded.batchId;
    };
    expect(batchOf('{"type":"submit_batch","batch_id":"b1","action":"echo","first":0,"payloads":[]}')).toBe("b1");
    expect(batchOf('{"type":"cancel_batch","batch_id":"b1","first":0}')).toBe("b1");
    expect(batchOf('{"type":"cancel_batch","batch_id":"b1.1","first":0,"count":1}')).toBeUndefined();
    expect(batchOf('{"type":"cancel_batch","batch_id":7,"first":0,"count":1}')).toBeUndefined();
    expect(batchOf('{"type":"shout","request_id":"r7","batch_id":"b1"}')).toBeUndefined();
  });

  test("the reason stays short, however long the text it quotes", () => {
    const { reason } = refusalOf(decodeClientMessage(JSON.stringify({ type: '"'.repeat(60_000) })));
    expect(reason.length).toBeLessThanOrEqual(512);
  });
});

describe("a server's frame", () => {
  test("of the gateway is told apart", () => {
    const gateway = { message: "Internal server error", connectionId: "ABC=", requestId: "XYZ=" };
    expect(decodeServerMessage(JSON.stringify(gateway))).toEqual({ ok: true, gateway });
  });

  test.each([
    ["not JSON", "<html>"],
    ["a request: only clients may leave the type out", '{"action":"echo"}'],
    ["half a gateway frame", '{"message":"Forbidden","connectionId":"ABC="}'],
    ["of a type of a newer version", '{"type":"applause","request_id":"r1"}'],
  ])("%s is refused", (_, frame) => {
    expect(decodeServerMessage(frame).ok).toBe(false);
  });

  test("of an unknown error code is read: clients go by retryable", () => {
    const frame = '{"type":"error","error":{"code":"OUT_OF_COFFEE","message":"…","retryable":true}}';
    expect(decodeServerMessage(frame)).toMatchObject({ ok: true, message: { error: { code: "OUT_OF_COFFEE" } } });
  });
});

describe("writing", () => {
  test("a message that does not fit the protocol is not written", () => {
    expect(() => encodeClientMessage({ type: "cancel", request_id: "r 1" })).toThrow(v.ValiError);
    expect(() => encodeClientMessage({ type: "shout" } as unknown as ClientMessageInput)).toThrow(v.ValiError);
    expect(() => encodeServerMessage({ type: "authenticated", expires_at: 0.5 })).toThrow(v.ValiError);
    expect(() => encodeServerMessage({ type: "shout" } as unknown as ServerMessage)).toThrow(v.ValiError);
  });

  test("sizes count bytes of UTF-8, not characters", () => {
    expect([byteLength("abc"), byteLength("é"), byteLength("€"), byteLength("👍")]).toEqual([3, 2, 3, 4]);
  });
});
