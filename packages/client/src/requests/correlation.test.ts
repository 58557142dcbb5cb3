import { InvalidMessageError } from "@streamer/protocol";
import { describe, expect, test } from "vitest";
import { submitBatch } from "../batch/submitBatch.ts";
import { createTestServer } from "../testing/server/createTestServer.ts";
import { setUp as setUpServer } from "../testing/server/sampleServer.ts";
import { complete, errorBody, setUpConnected } from "../testing/setup.ts";

const GIVEN = "0b9d2f5e-6c1a-4f7b-9d3e-8a2c4e6f8a0b";
const MADE = "1c9d2f5e-6c1a-4f7b-9d3e-8a2c4e6f8a0c";
const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

describe("a correlation id", () => {
  test("that the app gives is sent along, with its trace", async () => {
    const { client, connection } = await setUpConnected();
    client.submit("generate_report", {}, { id: "r1", correlationId: GIVEN, traceparent: TRACEPARENT });
    expect(await connection.next()).toMatchObject({ id: "r1", correlation_id: GIVEN, traceparent: TRACEPARENT });
  });

  test("that the server makes is the handle's from the acknowledgment on", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("generate_report", {}, { id: "r1" });
    expect(await connection.next()).not.toHaveProperty("correlation_id");
    expect(handle.correlationId).toBeUndefined();
    connection.send({ type: "acknowledgment", request_id: "r1", status: "pending", correlation_id: MADE });
    await handle.accepted();
    expect(handle.correlationId).toBe(MADE);
    connection.send({ ...complete("done"), correlation_id: MADE });
    await handle.result();
    expect(handle.correlationId).toBe(MADE);
  });

  test("of a request that was refused is that of its refusal", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("generate_report", {}, { id: "r1" });
    await connection.next();
    connection.send({ type: "error", request_id: "r1", error: errorBody("FORBIDDEN"), correlation_id: MADE });
    await expect(handle.accepted()).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(handle.correlationId).toBe(MADE);
  });

  test("of a cancel that was refused is not taken for the request's", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("generate_report", {}, { id: "r1" });
    await connection.next();
    connection.send({ type: "acknowledgment", request_id: "r1", status: "pending", correlation_id: GIVEN });
    const cancelled = handle.cancel();
    await connection.next();
    connection.send({ type: "error", request_id: "r1", error: errorBody("FORBIDDEN"), correlation_id: MADE });
    await expect(cancelled).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(handle.correlationId).toBe(GIVEN);
  });

  test.each([
    ["a correlation id that is no UUID", { correlationId: "mine" }],
    ["a traceparent that is none", { traceparent: "mine" }],
  ])("is not sent when it is not as the protocol wants it: %s", async (_, options) => {
    const { client } = await setUpConnected();
    await expect(client.submit("generate_report", {}, options).result()).rejects.toBeInstanceOf(InvalidMessageError);
  });
});

describe("the test server", () => {
  test("gives back the correlation id that it was given, and shows it and the trace to the script", async () => {
    const server = createTestServer();
    const seen: unknown[] = [];
    server.on("toil", (request) => {
      seen.push(request.correlationId, request.traceparent);
      request.acknowledge();
      request.progress(50, "half");
      request.complete(1);
    });
    const handle = server.client.$client.submit("toil", {}, { correlationId: GIVEN, traceparent: TRACEPARENT });
    expect(await handle.result()).toBe(1);
    expect(handle.correlationId).toBe(GIVEN);
    expect(seen).toEqual([GIVEN, TRACEPARENT]);
    await server.close();
  });
});

test("a batch sends them with each of its frames, and refuses what is none", async () => {
  const server = setUpServer();
  server.on("generate_report", (request) => request.complete({ url: "u" }));
  const { generateReport } = server.client;
  await submitBatch(generateReport, [{ pages: 1 }], { correlationId: GIVEN, traceparent: TRACEPARENT }).results();
  expect(server.connections[0]?.received).toMatchObject([{ type: "submit_batch", correlation_id: GIVEN, traceparent: TRACEPARENT }]);
  expect(() => submitBatch(generateReport, [{ pages: 1 }], { correlationId: "mine" })).toThrow(InvalidMessageError);
  expect(() => submitBatch(generateReport, [{ pages: 1 }], { traceparent: "mine" })).toThrow(InvalidMessageError);
});
