import { describe, expect, test } from "vitest";
import { collect, complete, errorBody, progress, sequenceOf, setUpRunning, when } from "../testing/setup.ts";

const outcomes = [
  ["complete", { ...complete("done"), last_sequence: sequenceOf(2) }],
  ["error", { type: "error", request_id: "r1", error: errorBody("TIMEOUT"), final: true, last_sequence: sequenceOf(2) }],
  ["cancelled", { type: "cancelled", request_id: "r1", last_sequence: sequenceOf(2) }],
] as const;

describe("an update that is lost right before the end", () => {
  test.each(outcomes)("is noticed by the %s message, and fetched before the end is shown", async (_, outcome) => {
    const { handle, connection } = await setUpRunning();
    connection.send(progress(1));
    connection.send(outcome);
    expect(await connection.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(1) });
    expect(handle.status).toBe("running");
    connection.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [progress(2)], more: false, outcome });
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([sequenceOf(1), sequenceOf(2)]);
  });

  test("is a gap when it is not stored any more, and the end follows", async () => {
    const { client, handle, connection } = await setUpRunning();
    connection.send(progress(1));
    connection.send(outcomes[0][1]);
    await connection.next();
    connection.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [], more: false, outcome: complete("done") });
    expect(await collect(handle)).toMatchObject([{ type: "progress" }, { type: "gap", from: sequenceOf(1) + 1, to: sequenceOf(2) }]);
    expect(await handle.result()).toBe("done");
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });

  test("is asked for once only: a page that does not bring it ends the asking with a gap", async () => {
    const { client, handle, connection } = await setUpRunning();
    connection.send(outcomes[0][1]);
    await connection.next();
    connection.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [progress(1)], more: false });
    expect(await collect(handle)).toMatchObject([
      { type: "progress", sequence: sequenceOf(1) },
      { type: "gap", from: sequenceOf(1) + 1, to: sequenceOf(2) },
    ]);
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });

  test("is asked for anew when the page under way was asked for before the end came", async () => {
    const { handle, connection } = await setUpRunning();
    connection.send(progress(1));
    connection.send(progress(3));
    await connection.next();
    connection.send({ ...complete("done"), last_sequence: sequenceOf(4) });
    connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [progress(2)], more: false });
    expect(await connection.next()).toMatchObject({ type: "subscribe", after: sequenceOf(3) });
    connection.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [progress(4)], more: false });
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4].map((n) => sequenceOf(n)));
  });

  test("is asked for when the end came with a page that was read before it was stored", async () => {
    const { handle, connection, server } = await setUpRunning();
    connection.drop();
    const second = await server.accept();
    await second.next();
    const outcome = outcomes[0][1];
    second.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [progress(1)], more: false, outcome });
    expect(await second.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(1) });
    second.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [progress(2)], more: false, outcome });
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([sequenceOf(1), sequenceOf(2)]);
  });

  test("costs nothing when none is: the end is shown at once", async () => {
    const { client, handle, connection } = await setUpRunning();
    connection.send(progress(1));
    connection.send(progress(2));
    connection.send(outcomes[0][1]);
    await when(handle, () => handle.status === "completed");
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });
});

describe("a log that the server has cut", () => {
  test("is told by a gap on the page, with the newest progress, before what follows", async () => {
    const { handle, connection, server } = await setUpRunning();
    connection.send(progress(1));
    await when(handle, () => handle.status === "running");
    connection.drop();
    const second = await server.accept();
    await second.next();
    const snapshot = { percentage: 6, message: "step 6", timestamp: 1_711_929_600 };
    const gap = { type: "gap", request_id: "r1", from: sequenceOf(2), to: sequenceOf(6), snapshot } as const;
    second.send({ type: "subscribed", request_id: "r1", status: "processing", gap, updates: [progress(7)], more: false });
    second.send(complete("done"));
    expect(await collect(handle)).toMatchObject([
      { type: "progress", sequence: sequenceOf(1) },
      { type: "gap", from: sequenceOf(2), to: sequenceOf(6), attempt: 1, snapshot },
      { type: "progress", sequence: sequenceOf(7) },
    ]);
  });

  test("on a page without updates is followed by asking on after the gap", async () => {
    const { handle, connection, server } = await setUpRunning();
    connection.drop();
    const second = await server.accept();
    await second.next();
    const gap = { type: "gap", request_id: "r1", from: sequenceOf(1), to: sequenceOf(6) } as const;
    second.send({ type: "subscribed", request_id: "r1", status: "processing", gap, updates: [], more: true });
    expect(await second.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(6) });
    second.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [progress(7)], more: false });
    second.send(complete("done"));
    expect((await collect(handle)).map(({ type }) => type)).toEqual(["gap", "progress"]);
  });
});
