import { parse, ValidationError } from "@streamer/protocol";
import { createLogger } from "@streamer/server";
import { expect, test } from "vitest";
import { echo, MAX_ECHO_CHARS } from "./action.ts";
import { echoHandler } from "./handler.ts";

test("echo answers with the message it was sent", async () => {
  const answer = await echoHandler({
    input: await parse(echo.input, { message: "Hello, Streamer!" }),
    requestId: "r1",
    tenantId: "t1",
    userId: "u1",
    permissions: [],
    metadata: {},
    correlationId: crypto.randomUUID(),
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    publish: async () => undefined,
    signal: new AbortController().signal,
    logger: createLogger("test"),
  });
  expect(answer).toEqual({ message: "Hello, Streamer!" });
});

test.each([
  ["a message that is missing", {}],
  ["an empty message", { message: "" }],
  ["a message that is no text", { message: 42 }],
  ["a message over the limit", { message: "x".repeat(MAX_ECHO_CHARS + 1) }],
])("%s is refused at the field", async (_, payload) => {
  const refusal = parse(echo.input, payload);
  await expect(refusal).rejects.toBeInstanceOf(ValidationError);
  await expect(refusal).rejects.toMatchObject({ details: { issues: [{ path: "message" }] } });
});

test("the longest message fits into one frame, whatever its characters", () => {
  const frame = JSON.stringify({ id: "x".repeat(64), action: "echo", payload: { message: "\u0001".repeat(MAX_ECHO_CHARS) } });
  expect(new TextEncoder().encode(frame).byteLength).toBeLessThan(32 * 1024);
});
