import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack } from "../support/localStack.ts";
import type { TestStack } from "../support/localStack.ts";
import { connectWire, UpgradeRefused } from "../support/wireClient.ts";
import type { WireOptions } from "../support/wireClient.ts";
import { ATTACKS } from "./attacks.ts";
import { compact, createWorld, GOOD_HEADER, goodClaims, goodToken, rs } from "./forge.ts";
import type { World } from "./forge.ts";

const REPORT = { start_date: "2024-01-01", end_date: "2024-12-31" };

let stack: TestStack;
let world: World;
let keyServer: Server;
/** Requests to the attacker's own key server. */
let keysAsked = 0;
beforeAll(async () => {
  keyServer = createServer((_, response) => {
    keysAsked += 1;
    response.end("{}");
  });
  keyServer.listen(0, "127.0.0.1");
  await once(keyServer, "listening");
  stack = await startTestStack();
  world = createWorld(stack.dataDir, `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys.json`);
});
afterAll(async () => {
  await stack.stop();
  keyServer.closeAllConnections();
  keyServer.close();
  await once(keyServer, "close");
});

/** What an upgrade is answered with. */
async function statusOf(token: string, options: WireOptions): Promise<number> {
  try {
    const client = await connectWire(stack.websocketUrl, options.by === "query" ? encodeURIComponent(token) : token, options);
    await client.close();
    return 101;
  } catch (error) {
    if (error instanceof UpgradeRefused) return error.status;
    throw error;
  }
}

async function storedConnections(): Promise<number> {
  const client = new DynamoDBClient({
    endpoint: stack.dynamodbEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  try {
    const { Count } = await client.send(
      new ScanCommand({
        TableName: stack.tableName,
        Select: "COUNT",
        FilterExpression: "begins_with(pk, :connection)",
        ExpressionAttributeValues: { ":connection": { S: "connection#" } },
      }),
    );
    return Count ?? 0;
  } finally {
    client.destroy();
  }
}

/** What a subprotocol's name may be made of (RFC 6455, RFC 2616): another cannot be offered at all. */
const OFFERABLE = /^[\w!#$%&'*+.^`|~-]+$/;

it("a good token is let in, both ways, and takes the place of another in-band", async () => {
  expect(await statusOf(goodToken(world), { by: "query" })).toBe(101);
  expect(await statusOf(goodToken(world), { by: "subprotocol" })).toBe(101);
  const client = await connectWire(stack.websocketUrl, goodToken(world));
  client.send({ type: "authenticate", token: goodToken(world) });
  expect(await client.waitFor(() => true)).toMatchObject({ type: "authenticated" });
  await client.close();
});

describe("a token is not let in, and takes no other's place", () => {
  it.each(ATTACKS)("%s", async (_, forge) => {
    const token = forge(world);
    expect(await statusOf(token, { by: "query" })).toBe(401);
    const offered = OFFERABLE.test(token) ? await statusOf(token, { by: "subprotocol" }) : 401;
    expect(offered).toBe(401);

    const client = await connectWire(stack.websocketUrl, goodToken(world));
    client.send({ type: "authenticate", token });
    const answer = await client.waitFor(() => true);
    const code = token === "" ? "INVALID_MESSAGE" : "UNAUTHORIZED";
    expect(answer).toMatchObject({ type: "error", error: { code, retryable: false } });
    // It still stands for who it was opened by.
    client.send({ id: "still", action: "echo", payload: { message: "here" } });
    expect(await client.waitFor((frame) => frame["request_id"] === "still")).toMatchObject({ success: true });
    await client.close();
  });

  it("there are more than a hundred of them, all different", () => {
    expect(ATTACKS.length).toBeGreaterThan(100);
    expect(new Set(ATTACKS.map(([, forge]) => forge(world))).size).toBe(ATTACKS.length);
  });
});

it("when a token ends, new requests are refused; what was accepted before is still delivered, with its progress and its result", async () => {
  const client = await connectWire(stack.websocketUrl, goodToken(world));
  client.send({ id: "before", action: "generate_report", payload: REPORT });
  await client.waitFor((frame) => frame["type"] === "acknowledgment");

  // Verified within the five seconds that clocks may differ, and over for every request.
  const over = compact(GOOD_HEADER, goodClaims(world, { exp: Math.floor(Date.now() / 1000) - 1 }), rs(world.privateKey));
  client.send({ type: "authenticate", token: over });
  await client.waitFor((frame) => frame["type"] === "authenticated");
  const error = { code: "UNAUTHORIZED", retryable: false, details: { reason: "the token has expired" } };
  for (const frame of [
    { id: "short", action: "echo", payload: { message: "late" } },
    { id: "long", action: "generate_report", payload: REPORT },
  ]) {
    client.send(frame);
    expect(await client.waitFor((answer) => answer["request_id"] === frame.id)).toMatchObject({ type: "error", error });
  }
  client.send({ type: "ping" });
  await client.waitFor((frame) => frame["type"] === "pong");

  const frames = await client.untilEnd("before");
  expect(frames.at(-1)).toMatchObject({ type: "complete", result: { success: true } });
  expect(frames.some((frame) => frame["type"] === "progress")).toBe(true);
  const orderOf = (id: string, type: string) => client.frames.findIndex((frame) => frame["request_id"] === id && frame["type"] === type);
  expect(orderOf("long", "error")).toBeLessThan(orderOf("before", "complete"));

  // With a fresh token it goes on, and what was refused was never stored.
  client.send({ type: "authenticate", token: goodToken(world) });
  await client.waitFor((frame) => frame["type"] === "authenticated" && Number(frame["expires_at"]) > world.nowSeconds);
  client.send({ type: "subscribe", request_id: "long" });
  const answer = await client.waitFor((frame) => (frame["error"] as { code?: unknown } | undefined)?.code === "NOT_FOUND");
  expect(answer).toMatchObject({ request_id: "long" });
  await client.close();
});

it("no token's address of keys was asked for them", () => {
  expect(keysAsked).toBe(0);
});

it("no connection of theirs was stored", async () => {
  await expect.poll(storedConnections, { timeout: 10_000 }).toBe(0);
});
