import type { ErrorCode } from "@streamer/protocol";
import { describe, expect, test } from "vitest";
import type { RequestHandle } from "../requestHandle.ts";
import type { ScriptedConnection } from "../testing/scriptedServer.ts";
import { GATEWAY_FRAME, collect, complete, errorBody, progress, sequenceOf, setUpRunning, when } from "../testing/setup.ts";

async function messages(handle: RequestHandle): Promise<string[]> {
  return (await collect(handle)).map((update) => (update.type === "progress" ? update.message : "chunk"));
}

/** The request has taken one update, then the connection is replaced, and the client has subscribed on the new one. */
async function setUpReconnected() {
  const setup = await setUpRunning();
  setup.connection.send(progress(1));
  await when(setup.handle, () => setup.handle.status === "running");
  setup.connection.drop();
  const second = await setup.server.accept();
  const subscribe = await second.next();
  return { ...setup, second, subscribe };
}

function subscribed(connection: ScriptedConnection, numbers: readonly number[], more: boolean): void {
  const updates = numbers.map((n) => progress(n));
  connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates, more });
}

describe("after a reconnect", () => {
  test("an acknowledged request is subscribed to after its last sequence", async () => {
    const { subscribe } = await setUpReconnected();
    expect(subscribe).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(1) });
  });

  test("missed updates come first, then what arrived live meanwhile, then the end", async () => {
    const { handle, second } = await setUpReconnected();
    second.send(progress(5));
    second.send(progress(4));
    second.send(complete("done"));
    subscribed(second, [2, 3], true);
    expect(await second.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(3) });
    expect(handle.status, "the end waits for the replay").toBe("running");
    subscribed(second, [4], false);
    expect(await handle.result()).toBe("done");
    expect(await messages(handle)).toEqual(["step 1", "step 2", "step 3", "step 4", "step 5"]);
  });

  test("the outcome of a request that ended meanwhile comes with the last page", async () => {
    const { handle, second } = await setUpReconnected();
    const error = { type: "error", request_id: "r1", error: errorBody("TIMEOUT"), final: true } as const;
    second.send({ type: "subscribed", request_id: "r1", status: "failed", updates: [progress(2)], more: false, outcome: error });
    await expect(handle.result()).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(await messages(handle)).toEqual(["step 1", "step 2"]);
  });

  test("a handle is stale from the loss of the connection to the end of the replay", async () => {
    const { handle, connection, server } = await setUpRunning();
    expect(handle.stale).toBe(false);
    connection.drop();
    await when(handle, () => handle.stale);
    const second = await server.accept();
    await second.next();
    expect(handle.stale).toBe(true);
    second.send({ type: "subscribed", request_id: "r1", status: "retrying", updates: [], more: false });
    await when(handle, () => !handle.stale);
    expect(handle.status).toBe("retrying");
  });

  test("a connection that breaks during a replay begins it again from the last update", async () => {
    const { server, second, handle } = await setUpReconnected();
    second.send(progress(9));
    subscribed(second, [2], true);
    await second.next();
    second.drop();
    const third = await server.accept();
    expect(await third.next()).toMatchObject({ type: "subscribe", after: sequenceOf(2) });
    subscribed(third, [3], false);
    third.send(complete("done"));
    expect(await messages(handle)).toEqual(["step 1", "step 2", "step 3"]);
  });

  test.each<ErrorCode>(["SERVICE_UNAVAILABLE", "RATE_LIMITED"])("a subscription that fails with %s is tried again", async (code) => {
    const { handle, second, subscribe } = await setUpReconnected();
    for (let failure = 0; failure < 10; failure += 1) {
      second.send({ type: "error", request_id: "r1", error: errorBody(code) });
      expect(await second.next()).toEqual(subscribe);
    }
    expect(handle.stale).toBe(true);
  });

  test("a gateway frame during a replay sends the subscription again, without end", async () => {
    const { second, subscribe } = await setUpReconnected();
    for (let failure = 0; failure < 10; failure += 1) {
      second.sendText(GATEWAY_FRAME);
      expect(await second.next()).toEqual(subscribe);
    }
  });

  test("a page that comes twice, for a subscription sent twice, does not end the replay early", async () => {
    const { client, handle, second } = await setUpReconnected();
    second.sendText(GATEWAY_FRAME);
    await second.next();
    subscribed(second, [2, 3], true);
    subscribed(second, [2, 3], true);
    expect(await second.next()).toMatchObject({ after: sequenceOf(3) });
    second.send(progress(5));
    second.send(complete("done"));
    subscribed(second, [4], false);
    expect(await messages(handle)).toEqual(["step 1", "step 2", "step 3", "step 4", "step 5"]);
    await client.close();
    await second.closed;
    expect(second.unread).toEqual([]);
  });

  test("a request that is not there any more fails with NOT_FOUND", async () => {
    const { handle, second } = await setUpReconnected();
    second.send({ type: "error", request_id: "r1", error: errorBody("NOT_FOUND") });
    await expect(handle.result()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("an end that arrived live counts, even when the replay is refused", async () => {
    const { handle, second } = await setUpReconnected();
    second.send(progress(2));
    second.send(complete("done"));
    second.send({ type: "error", request_id: "r1", error: errorBody("NOT_FOUND") });
    expect(await handle.result()).toBe("done");
    expect(await messages(handle)).toEqual(["step 1", "step 2"]);
  });
});

describe("live updates", () => {
  test("a predecessor that is missing is fetched before the update is shown", async () => {
    const { handle, connection } = await setUpRunning();
    connection.send(progress(1));
    connection.send(progress(3));
    expect(await connection.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(1) });
    subscribed(connection, [2, 3], false);
    connection.send(complete("done"));
    expect(await messages(handle)).toEqual(["step 1", "step 2", "step 3"]);
  });

  test("a gap that the server tells of is shown as one, without asking", async () => {
    const { client, handle, connection } = await setUpRunning();
    const snapshot = { percentage: 7, message: "step 7", timestamp: 1_711_929_600 };
    connection.send({ type: "gap", request_id: "r1", from: sequenceOf(1), to: sequenceOf(7), snapshot });
    connection.send(progress(8));
    connection.send(complete("done"));
    expect(await collect(handle)).toMatchObject([
      { type: "gap", sequence: sequenceOf(7), attempt: 1, from: sequenceOf(1), to: sequenceOf(7), snapshot },
      { message: "step 8" },
    ]);
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });

  test("updates of an older attempt and those already there are dropped", async () => {
    const { handle, connection } = await setUpRunning();
    connection.send(progress(1));
    connection.send(progress(1));
    connection.send({ type: "status", request_id: "r1", status: "processing", attempt: 2 });
    connection.send(progress(2));
    connection.send(progress(1, { attempt: 2, previous: sequenceOf(1) }));
    connection.send(progress(3));
    connection.send(complete("done"));
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([sequenceOf(1), sequenceOf(1, 2)]);
  });

  test("a status of an older attempt does not change the status", async () => {
    const { handle, connection } = await setUpRunning();
    connection.send({ type: "status", request_id: "r1", status: "processing", attempt: 2 });
    connection.send({ type: "status", request_id: "r1", status: "retrying", attempt: 1 });
    connection.send(progress(1, { attempt: 2 }));
    const seen: string[] = [];
    handle.onChange(() => seen.push(handle.status));
    connection.send(complete("done"));
    await handle.result();
    expect(seen).not.toContain("retrying");
  });

  test("a request that is retried says when its next attempt may begin, until it does", async () => {
    const { handle, connection } = await setUpRunning();
    expect([handle.attempt, handle.retryAt]).toEqual([0, undefined]);
    connection.send(progress(1));
    connection.send({ type: "status", request_id: "r1", status: "retrying", attempt: 1, retry_at: 1_711_929_660 });
    await when(handle, () => handle.status === "retrying");
    expect([handle.attempt, handle.retryAt]).toEqual([1, new Date(1_711_929_660_000)]);
    expect(handle.retryAt, "the same object, for who compares").toBe(handle.retryAt);
    connection.send(progress(1, { attempt: 2, previous: sequenceOf(1) }));
    await when(handle, () => handle.status === "running");
    expect([handle.attempt, handle.retryAt]).toEqual([2, undefined]);
  });

  test("when a retry may begin is not known any more after the connection was lost", async () => {
    const { handle, connection, server } = await setUpRunning();
    connection.send({ type: "status", request_id: "r1", status: "retrying", attempt: 1, retry_at: 1_711_929_660 });
    await when(handle, () => handle.retryAt !== undefined);
    connection.drop();
    const second = await server.accept();
    await second.next();
    second.send({ type: "subscribed", request_id: "r1", status: "retrying", updates: [], more: false });
    await when(handle, () => !handle.stale);
    expect([handle.status, handle.retryAt]).toEqual(["retrying", undefined]);
  });
});
