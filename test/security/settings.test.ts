import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalStack } from "@streamer/local";
import type { LocalStack } from "@streamer/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { connectWire } from "../support/wireClient.ts";
import { CONNECTION_LIMIT, TENANT_LIMIT } from "./app/src/limits.ts";
import type { Frame, WireClient } from "../support/wireClient.ts";
import { compact, createWorld, GOOD_HEADER, goodClaims, ps, rs } from "./forge.ts";
import type { World } from "./forge.ts";

let stack: LocalStack;
let world: World;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-settings-"));
  stack = await startLocalStack({ functionsDir: join(import.meta.dirname, "app"), dataDir, port: 0 });
  world = createWorld(dataDir, "https://keys.example/");
});
afterAll(async () => {
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const token = (claims: object = {}): string =>
  compact(GOOD_HEADER, goodClaims(world, { aud: "streamer-tests", ...claims }), rs(world.privateKey));

/** What an upgrade is answered with; by a browser when it names an origin. */
async function statusOf(jwt: string, origin?: string): Promise<number> {
  const socket = new WebSocket(`${stack.websocketUrl}?Authorization=${jwt}`, origin === undefined ? {} : { origin });
  const status = await new Promise<number>((resolve, reject) => {
    socket.once("open", () => resolve(101));
    socket.once("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
    socket.once("error", reject);
  });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => void socket.once("close", resolve));
  socket.terminate();
  await closed;
  return status;
}

describe("what a deployment sets", () => {
  it.each([
    ["a token for one of the audiences", 101, () => token()],
    ["a token for the other", 101, () => token({ aud: ["mail", "streamer-more-tests"] })],
    ["a token for another service", 401, () => token({ aud: "mail" })],
    ["a token for nobody", 401, () => token({ aud: undefined })],
    [
      "a token of the second algorithm",
      101,
      () => compact({ alg: "PS256" }, goodClaims(world, { aud: "streamer-tests" }), ps(world.privateKey)),
    ],
    [
      "a token of no listed algorithm",
      401,
      () => compact({ alg: "RS512" }, goodClaims(world, { aud: "streamer-tests" }), rs(world.privateKey, 512)),
    ],
  ])("%s: %i", async (_, status, jwt) => {
    expect(await statusOf(jwt())).toBe(status);
  });

  it.each([
    ["https://app.example.com", 101],
    ["http://localhost:5173", 101],
    ["https://evil.example", 403],
    ["https://app.example.com.evil.example", 403],
    ["null", 403],
  ])("a page of %s: %i", async (origin, status) => {
    expect(await statusOf(token(), origin)).toBe(status);
  });
});

const errorOf = (frame: Frame) => frame["error"] as { code: string; details?: Record<string, unknown> } | undefined;

describe("a flood is refused from the first message over the limit on", () => {
  const flood = async (client: WireClient, messages: number) => {
    const known = client.frames.length;
    for (let count = 0; count < messages; count += 1) client.send({ type: "ping" });
    await client.waitFor(() => client.frames.length === known + messages);
    const answers = client.frames.slice(known);
    const refused = answers.filter((frame) => frame["type"] === "error");
    expect(refused.every((frame) => errorOf(frame)?.code === "RATE_LIMITED")).toBe(true);
    const waits = refused.map((frame) => Number(errorOf(frame)?.details?.["retry_after"]));
    expect(waits.every((seconds) => Number.isInteger(seconds) && seconds >= 1)).toBe(true);
    return answers.length - refused.length;
  };

  it("of a connection", async () => {
    const client = await connectWire(stack.websocketUrl, token());
    expect(await flood(client, CONNECTION_LIMIT + 20)).toBe(CONNECTION_LIMIT);
    await client.close();
  });

  it("of a tenant, on all its connections; another tenant goes on", async () => {
    const clients = await Promise.all(
      ["ann", "bob", "cleo"].map((sub) => connectWire(stack.websocketUrl, token({ sub, tenant_id: "flooding" }))),
    );
    const passed = await Promise.all(clients.map((client) => flood(client, CONNECTION_LIMIT)));
    expect(passed.reduce((total, count) => total + count, 0)).toBe(TENANT_LIMIT);
    const other = await connectWire(stack.websocketUrl, token({ tenant_id: "calm" }));
    other.send({ type: "ping" });
    expect(await other.waitFor(() => true)).toEqual({ type: "pong" });
    for (const client of [...clients, other]) await client.close();
  });
});

it("frames that are deep, wide or named after prototypes are answered for what they are", async () => {
  const client = await connectWire(stack.websocketUrl, token());
  const answerTo = async (id: string, payload: string) => {
    client.send(`{"id":"${id}","action":"reveal","payload":${payload}}`);
    return client.waitFor((frame) => frame["request_id"] === id);
  };
  const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  for (const levels of [64, 1_000, 16_000]) {
    const answer = await answerTo(`deep-${levels}`, nested(levels));
    expect(answer).toMatchObject({ error: { code: "INVALID_MESSAGE", details: { reason: "nested deeper than 64 levels" } } });
  }
  expect(await answerTo("allowed", nested(63))).toMatchObject({ type: "response" });
  const names = '{"__proto__":{"how":"input"},"constructor":{"prototype":{"how":"input"}},"how":"nothing","secret":"x"}';
  expect(await answerTo("names", names)).toMatchObject({ success: true, data: { how: "nothing", secret: "x" } });
  // The sandbox that served it is as before.
  expect(await answerTo("after", '{"secret":"x"}')).toMatchObject({ success: true, data: { secret: "x" } });
  await client.close();
});
