import { describe, expect, test } from "vitest";
import { checkMessage } from "./checkMessage.ts";
import { examplesFor } from "./examples.ts";

describe("the examples", () => {
  const examples = examplesFor({ requests: ["r1"], topics: ["orders"] }, 1_700_000_000_000);

  test("can all be sent", () => {
    const sendable = examples.map(({ title, message }) => [title, checkMessage(JSON.stringify(message)).sendable]);
    expect(sendable).toEqual([
      ["Event of its topic", true],
      ["Status of its request", true],
      ["Error of no request", true],
      ["Pong", true],
    ]);
  });

  test("are about the connection's own request and topic", () => {
    const text = JSON.stringify(examples);
    expect(text).toContain('"request_id":"r1"');
    expect(text).toContain('"topic":"orders"');
  });

  test("name no request when it watches none", () => {
    expect(JSON.stringify(examplesFor({ requests: [], topics: [] }, 0))).not.toContain("request_id");
  });
});

test.each(["", "{", "[]", "null", '"pong"'])("the text %j is no message, and cannot be sent", (text) => {
  expect(checkMessage(text).sendable).toBe(false);
});

/** Why a text cannot be sent. */
function refusalOf(text: string): string {
  const check = checkMessage(text);
  return check.sendable ? "can be sent" : check.sentence;
}

test("what is larger than a message may be cannot be sent, and the sizes are told", () => {
  expect(refusalOf(JSON.stringify({ type: "pong", text: "x".repeat(128 * 1024) }))).toContain("131072");
});

test("a message of a known type with a wrong field cannot be sent, and the field is named", () => {
  expect(refusalOf('{"type":"progress"}')).toContain("request_id");
});

test("a message of an unknown type cannot be sent, and what says so is short", () => {
  const refusal = refusalOf('{"type":"greeting"}');
  expect(refusal).toContain("No message that a server sends");
  expect(refusal.length).toBeLessThan(120);
});

test("a frame of the platform itself cannot be sent", () => {
  expect(refusalOf('{"message":"Internal server error","connectionId":"c","requestId":"r"}')).toContain("platform");
});
