import { generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack } from "../support/localStack.ts";
import type { TestStack } from "../support/localStack.ts";
import { connectWire, UpgradeRefused } from "../support/wireClient.ts";
import type { WireClient } from "../support/wireClient.ts";

let stack: TestStack;
let client: WireClient;
beforeAll(async () => {
  stack = await startTestStack();
  client = await connectWire(stack.websocketUrl, await stack.token());
});
afterAll(async () => {
  await client.close();
  await stack.stop();
});

describe("who is not let in", () => {
  const status = async (token: string | undefined, by: "query" | "subprotocol" = "query"): Promise<number> => {
    const refused: unknown = await connectWire(stack.websocketUrl, token, { by }).catch((error: unknown) => error);
    return refused instanceof UpgradeRefused ? refused.status : 101;
  };

  it("no token: 401", async () => expect(await status(undefined)).toBe(401));
  it("a token that is none: 401", async () => expect(await status("nonsense")).toBe(401));
  it("an expired token: 401", async () => expect(await status(await stack.token({ expiresIn: "-1h" }))).toBe(401));
  it("an expired token as a subprotocol: 401", async () =>
    expect(await status(await stack.token({ expiresIn: "-1h" }), "subprotocol")).toBe(401));

  it("a token signed by somebody else: 401", async () => {
    const { privateKey } = await generateKeyPair("RS256");
    const forged = await new SignJWT({ tenant_id: "acme" })
      .setProtectedHeader({ alg: "RS256" })
      .setSubject("ada")
      .setIssuer("streamer-local")
      .setExpirationTime("1h")
      .sign(privateKey);
    expect(await status(forged)).toBe(401);
  });
});

describe("frames that are refused, and change nothing", () => {
  const errorOf = async (frame: object | string, id: string | undefined) => {
    const known = client.frames.length;
    client.send(frame);
    return client.waitFor((answer) => client.frames.indexOf(answer) >= known && answer["type"] === "error" && answer["request_id"] === id);
  };

  it.each([
    ["no JSON", "hello"],
    ["JSON that is no object", "[1, 2]"],
    ["a number", "7"],
    ["an empty frame", " "],
    ["an unknown type", '{"type":"dance"}'],
    ["an id that is none", '{"id":"a b","action":"echo","payload":{}}'],
  ])("%s is an INVALID_MESSAGE", async (_, frame) => {
    expect(await errorOf(frame, undefined)).toMatchObject({ error: { code: "INVALID_MESSAGE", retryable: false } });
  });

  it.each(["fly_to_the_moon", "__proto__", "constructor", "toString", "hasOwnProperty"])("the action %s is unknown", async (action) => {
    expect(await errorOf({ id: `x-${action}`, action, payload: {} }, `x-${action}`)).toMatchObject({ error: { code: "INVALID_ACTION" } });
  });

  it.each([
    ["a day that does not exist", { start_date: "2024-02-31", end_date: "2024-03-01" }, "start_date"],
    ["a start after the end", { start_date: "2024-03-02", end_date: "2024-03-01" }, "start_date"],
    ["a missing field", { start_date: "2024-03-02" }, "end_date"],
    ["no payload at all", undefined, "start_date"],
  ])("%s is a VALIDATION_ERROR that says where", async (name, payload, path) => {
    const id = name.replaceAll(" ", "-");
    const answer = await errorOf({ id, action: "generate_report", payload }, id);
    expect(answer).toMatchObject({ error: { code: "VALIDATION_ERROR", retryable: false } });
    const { issues } = (answer["error"] as { details: { issues: { path: string; message: string }[] } }).details;
    expect(issues.map((issue) => issue.path)).toContain(path);
    // Nothing was stored: the id is free.
    client.send({ type: "subscribe", request_id: id });
    expect(
      await client.waitFor(
        (frame) => frame["request_id"] === id && (frame["error"] as { code?: string } | undefined)?.code === "NOT_FOUND",
      ),
    ).toBeDefined();
  });

  it("the connection lives on after all that", async () => {
    client.send({ id: "alive", action: "echo", payload: { message: "still here" } });
    expect(await client.waitFor((frame) => frame["request_id"] === "alive")).toMatchObject({ success: true });
  });
});

describe("frames the platform does not take", () => {
  const closedBy = async (text: string): Promise<number> => {
    const other = await connectWire(stack.websocketUrl, await stack.token());
    other.send(text);
    return (await other.closed).code;
  };
  const echo = (length: number): string => JSON.stringify({ id: "big", action: "echo", payload: { message: "x".repeat(length) } });

  it("a frame over 32 KB closes with 1009", async () => expect(await closedBy(echo(33 * 1024))).toBe(1009));
  it("a frame over 128 KB closes with 1009", async () => expect(await closedBy(echo(129 * 1024))).toBe(1009));
});
