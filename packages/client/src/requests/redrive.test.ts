import type { RequestStatus } from "@streamer/protocol";
import { describe, expect, test } from "vitest";
import { collect, complete, errorBody, progress, sequenceOf, setUpConnected, setUpRunning, when } from "../testing/setup.ts";
import type { RunningSetup } from "../testing/setup.ts";
import { tellsOfRedrive } from "./redrive.ts";

const TIMED_OUT = { type: "error", request_id: "r1", error: errorBody("TIMEOUT"), final: true } as const;
const REDRIVEN = { type: "status", request_id: "r1", status: "pending", attempt: 1 } as const;

/** `r1` has failed in its first attempt, after one update. */
async function setUpFailed(): Promise<RunningSetup> {
  const setup = await setUpRunning();
  setup.connection.send(progress(1));
  setup.connection.send(TIMED_OUT);
  await when(setup.handle, () => setup.handle.status === "failed");
  return setup;
}

function subscribed({ connection }: RunningSetup, status: RequestStatus): void {
  connection.send({ type: "subscribed", request_id: "r1", status, updates: [], more: false });
}

describe("a request that failed and is started again by an operator", () => {
  test("goes on in its handle: waits, runs, completes", async () => {
    const setup = await setUpFailed();
    const { handle, connection } = setup;
    const first = handle.result();
    connection.send(REDRIVEN);
    expect(await connection.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(1) });
    expect([handle.status, handle.stale]).toEqual(["queued", true]);
    subscribed(setup, "pending");
    await when(handle, () => !handle.stale);
    expect(handle.status).toBe("queued");
    const [second, updates] = [handle.result(), collect(handle)];
    connection.send(progress(1, { attempt: 2, previous: sequenceOf(1) }));
    await when(handle, () => handle.status === "running");
    expect(handle.attempt).toBe(2);
    connection.send(complete("done"));
    expect(await second).toBe("done");
    expect(handle.status).toBe("completed");
    expect((await updates).map(({ sequence }) => sequence)).toEqual([sequenceOf(1), sequenceOf(1, 2)]);
    await expect(first, "a promise that was rejected stays so").rejects.toMatchObject({ code: "TIMEOUT" });
    expect(connection.unread, "nothing is missing, so nothing more is asked for").toEqual([]);
  });

  test("goes on by the first progress when nothing told of the redrive, and has that progress", async () => {
    const setup = await setUpFailed();
    const { handle, connection } = setup;
    const update = progress(1, { attempt: 2, previous: sequenceOf(1) });
    connection.send(update);
    expect(await connection.next()).toMatchObject({ type: "subscribe", after: sequenceOf(1) });
    expect(handle.status).toBe("running");
    connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [update], more: false });
    connection.send(complete("done"));
    expect(await handle.result()).toBe("done");
    expect((await collect(handle)).map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  test("may fail again, and be started again", async () => {
    const setup = await setUpFailed();
    const { handle, connection } = setup;
    for (const attempt of [2, 3]) {
      connection.send({ ...REDRIVEN, attempt: attempt - 1 });
      await connection.next();
      subscribed(setup, "pending");
      const result = handle.result();
      connection.send(progress(1, { attempt, previous: sequenceOf(1, attempt - 1) }));
      connection.send(TIMED_OUT);
      await expect(result).rejects.toMatchObject({ code: "TIMEOUT" });
      expect([handle.status, handle.attempt]).toEqual(["failed", attempt]);
    }
  });

  test("a cancelled one goes on too", async () => {
    const setup = await setUpRunning();
    const { handle, connection } = setup;
    connection.send({ type: "cancelled", request_id: "r1" });
    await when(handle, () => handle.status === "cancelled");
    connection.send({ ...REDRIVEN, attempt: 0 });
    await connection.next();
    subscribed(setup, "pending");
    connection.send(complete("done"));
    await when(handle, () => handle.status === "completed");
    expect(await handle.result()).toBe("done");
  });

  test("can be cancelled again, by cancel() and by the signal that it was sent with", async () => {
    const { client, connection } = await setUpConnected();
    const controller = new AbortController();
    const handle = client.submit("generate_report", {}, { id: "r1", signal: controller.signal });
    await connection.next();
    connection.send({ type: "acknowledgment", request_id: "r1", status: "pending" });
    connection.send(TIMED_OUT);
    await when(handle, () => handle.status === "failed");
    connection.send({ ...REDRIVEN, attempt: 1 });
    await connection.next();
    connection.send({ type: "subscribed", request_id: "r1", status: "pending", updates: [], more: false });
    controller.abort();
    expect(await connection.next()).toEqual({ type: "cancel", request_id: "r1" });
    connection.send({ type: "cancelled", request_id: "r1" });
    await when(handle, () => handle.status === "cancelled");
    await handle.cancel();
    expect(connection.unread).toEqual([]);
  });

  test("is subscribed to again after a reconnect, as any open request", async () => {
    const setup = await setUpFailed();
    const { handle, connection, server } = setup;
    connection.send(REDRIVEN);
    await connection.next();
    subscribed(setup, "pending");
    await when(handle, () => !handle.stale);
    connection.drop();
    const second = await server.accept();
    expect(await second.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(1) });
  });

  test("rejects when the client is closed, once it goes on", async () => {
    const setup = await setUpFailed();
    setup.connection.send(REDRIVEN);
    await setup.connection.next();
    const result = setup.handle.result();
    await setup.client.close();
    await expect(result).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "client_closed" } });
  });
});

describe("an ended request", () => {
  test("that seems to go on by a late message of the run that ended is ended again by the server's answer", async () => {
    const { handle, connection } = await setUpFailed();
    // Of a second attempt that failed before this client heard of it.
    connection.send({ type: "status", request_id: "r1", status: "processing", attempt: 2 });
    await connection.next();
    const result = handle.result();
    connection.send({ type: "subscribed", request_id: "r1", status: "failed", updates: [], more: false, outcome: TIMED_OUT });
    await expect(result).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(handle.status).toBe("failed");
  });

  test("that completed never goes on", async () => {
    const { client, handle, connection } = await setUpRunning();
    connection.send(complete("done"));
    await handle.result();
    connection.send(REDRIVEN);
    connection.send(progress(1, { attempt: 2 }));
    const later = client.submit("echo", {}, { id: "e1" });
    connection.send({ type: "response", request_id: "e1", success: true, data: 1 });
    await later.result();
    expect(handle.status).toBe("completed");
    expect(await handle.result()).toBe("done");
  });

  test("that the server never took does not go on", async () => {
    const { client, connection } = await setUpConnected();
    const refused = client.submit("generate_report", {}, { id: "r1" });
    await connection.next();
    connection.send({ type: "error", request_id: "r1", error: errorBody("FORBIDDEN") });
    await when(refused, () => refused.status === "failed");
    connection.send(REDRIVEN);
    const later = client.submit("echo", {}, { id: "e1" });
    expect(await connection.next(), "no subscription comes before it").toMatchObject({ id: "e1" });
    connection.send({ type: "response", request_id: "e1", success: true, data: 1 });
    await later.result();
    expect(refused.status).toBe("failed");
  });
});

describe("of a failed request in its second attempt, a redrive is told by", () => {
  const status = (name: RequestStatus, attempt: number) => ({ type: "status", request_id: "r1", status: name, attempt }) as const;
  test.each([
    ["progress of a later attempt", progress(1, { attempt: 3 }), true],
    ["progress of the attempt that failed", progress(9, { attempt: 2 }), false],
    ["progress of an earlier attempt", progress(9, { attempt: 1 }), false],
    ["pending, of the attempt that failed", status("pending", 2), true],
    ["pending, of an earlier attempt", status("pending", 1), false],
    ["processing, of a later attempt", status("processing", 3), true],
    ["processing, of the attempt that failed", status("processing", 2), false],
    ["retrying, of the attempt that failed", status("retrying", 2), false],
    ["retrying, of a later attempt", status("retrying", 3), true],
    ["failed, of a later attempt", status("failed", 3), false],
    ["another terminal message", TIMED_OUT, false],
  ])("%s: %s", (_, message, told) => {
    expect(tellsOfRedrive(message, 2)).toBe(told);
  });
});
