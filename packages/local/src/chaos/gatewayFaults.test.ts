import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { connect } from "../gateway/testing/testClient.ts";
import { startTestGateway } from "../gateway/testing/testGateway.ts";
import { createGatewayFaults } from "./gatewayFaults.ts";
import { engineOf } from "./testing/testEngine.ts";
import type { FaultRates } from "./types.ts";

async function startChaoticGateway(rates: Partial<FaultRates>, { maxAttempts = 1 } = {}) {
  const clock = createFakeClock();
  const engine = engineOf(rates, { maxDelayMs: 10_000 }, clock);
  const stack = await startTestGateway({ faults: createGatewayFaults(engine, clock) });
  const api = new ApiGatewayManagementApiClient({
    endpoint: stack.gateway.managementEndpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts,
  });
  const open = async () => {
    const client = await connect(stack.gateway.websocketUrl);
    const { requestContext } = await stack.nextEvent("$connect");
    const post = (Data: string): Promise<unknown> =>
      api.send(new PostToConnectionCommand({ ConnectionId: requestContext.connectionId, Data }));
    return { client, post };
  };
  const dispose = async (): Promise<void> => {
    api.destroy();
    await stack.gateway.close();
  };
  return { stack, clock, engine, open, [Symbol.asyncDispose]: dispose };
}

const frame = (request: string): string => JSON.stringify({ type: "progress", request_id: request });

describe("posts", () => {
  test("410 though the client is there, which then loses its socket, and $disconnect follows", async () => {
    await using gateway = await startChaoticGateway({ post_gone: 1 });
    const { client, post } = await gateway.open();
    await expect(post(frame("r1"))).rejects.toMatchObject({ name: "GoneException" });
    expect((await client.closed).code).toBe(1006);
    await gateway.stack.nextEvent("$disconnect");
    expect(client.rest).toEqual([]);
    expect(gateway.engine.chaos.counts.post_gone).toBe(1);
  });

  test("429 for a throttled post, whose socket lives", async () => {
    await using gateway = await startChaoticGateway({ post_throttled: 1 });
    const { client, post } = await gateway.open();
    await expect(post(frame("r1"))).rejects.toMatchObject({ name: "LimitExceededException", $metadata: { httpStatusCode: 429 } });
    gateway.engine.chaos.calm();
    await post(frame("r2"));
    expect(await client.next()).toBe(frame("r2"));
  });

  test("500 for a post that fails, whose socket lives", async () => {
    await using gateway = await startChaoticGateway({ post_failed: 1 });
    const { client, post } = await gateway.open();
    await expect(post(frame("r1"))).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    gateway.engine.chaos.calm();
    await post(frame("r2"));
    expect(await client.next()).toBe(frame("r2"));
  });

  test("the SDK's own attempts hide a throttle that is no burst", async () => {
    await using gateway = await startChaoticGateway({ post_throttled: 1 }, { maxAttempts: 3 });
    const { post } = await gateway.open();
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => post(frame(`r${n}`))));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["fulfilled", "rejected"]));
  });

  test("a slow post waits, and then arrives", async () => {
    await using gateway = await startChaoticGateway({ post_slow: 1 });
    const { client, post } = await gateway.open();
    const posted = post(frame("r1"));
    while (gateway.engine.chaos.counts.post_slow === 0) await new Promise(setImmediate);
    expect(client.rest).toEqual([]);
    await gateway.clock.advance(10_000);
    await posted;
    expect(await client.next()).toBe(frame("r1"));
  });
});

describe("sockets", () => {
  test("a socket is cut at a message from the client, before it is handled or some time after", async () => {
    await using gateway = await startChaoticGateway({ socket_cut: 1 });
    const handled = new Set<boolean>();
    for (let n = 0; n < 20 && handled.size < 2; n += 1) {
      const { client } = await gateway.open();
      const before = gateway.stack.countOf("$default");
      client.socket.send(frame(`r${n}`));
      while (gateway.stack.countOf("$default") === before && client.socket.readyState === client.socket.OPEN) {
        await new Promise(setImmediate);
      }
      handled.add(gateway.stack.countOf("$default") > before);
      await gateway.clock.advance(10_000);
      expect((await client.closed).code).toBe(1006);
    }
    expect(handled).toEqual(new Set([true, false]));
  });

  test("a socket is cut at a message to the client, which may be lost with it", async () => {
    await using gateway = await startChaoticGateway({ socket_cut: 1 });
    const received = new Set<number>();
    for (let n = 0; n < 20 && received.size < 2; n += 1) {
      const { client, post } = await gateway.open();
      await post(frame(`r${n}`)).catch(() => undefined);
      await gateway.clock.advance(10_000);
      expect((await client.closed).code).toBe(1006);
      received.add(client.rest.length);
    }
    expect(received).toEqual(new Set([0, 1]));
  });

  test("in calm no socket is cut, also not one that was to be cut later", async () => {
    await using gateway = await startChaoticGateway({ socket_cut: 1, post_gone: 1 });
    const { client, post } = await gateway.open();
    gateway.engine.chaos.calm();
    await post(frame("r1"));
    expect(await client.next()).toBe(frame("r1"));
    await gateway.clock.advance(10_000);
    await post(frame("r2"));
    expect(await client.next()).toBe(frame("r2"));
  });
});
