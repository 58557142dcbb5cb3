import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { systemClock } from "@streamer/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEventBus } from "./eventBus.ts";
import type { BusEvent, EventBus } from "./eventBus.ts";
import { startEventsEndpoint } from "./eventsEndpoint.ts";
import type { EventsEndpoint } from "./eventsEndpoint.ts";

const entry = { Source: "streamer", DetailType: "streamer.request", Detail: '{"status":"pending"}' };
let received: BusEvent[];
let bus: EventBus;
let server: EventsEndpoint;
let client: EventBridgeClient;

beforeEach(async () => {
  received = [];
  bus = createEventBus(
    {
      rules: [{ name: "all", pattern: { source: ["streamer"] }, targets: [async (event) => void received.push(event)] }],
      account: "000000000000",
      region: "eu-west-1",
    },
    { clock: systemClock, newId: () => crypto.randomUUID(), logger: console },
  );
  server = await startEventsEndpoint({ bus });
  client = new EventBridgeClient({
    endpoint: server.endpoint,
    region: "eu-west-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
});

afterEach(async () => {
  client.destroy();
  await server.close();
  await bus.close();
});

test("the real SDK client puts events on the bus", async () => {
  const result = await client.send(
    new PutEventsCommand({ Entries: [{ ...entry, Time: new Date("2025-05-05T05:05:05Z"), Resources: ["arn:x"] }] }),
  );
  await bus.idle();
  expect(result.FailedEntryCount).toBe(0);
  expect(received).toEqual([
    expect.objectContaining({
      id: result.Entries?.[0]?.EventId,
      time: "2025-05-05T05:05:05Z",
      resources: ["arn:x"],
      detail: { status: "pending" },
    }),
  ]);
});

test("a malformed detail is an error of its entry only", async () => {
  const result = await client.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: "no json" }, entry] }));
  await bus.idle();
  expect(result.FailedEntryCount).toBe(1);
  expect(result.Entries?.[0]).toEqual({ ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." });
  expect(received).toHaveLength(1);
});

test("more than ten entries are a ValidationException", async () => {
  const call = client.send(new PutEventsCommand({ Entries: Array.from({ length: 11 }, () => entry) }));
  await expect(call).rejects.toMatchObject({ name: "ValidationException", $metadata: { httpStatusCode: 400 } });
  expect(received).toEqual([]);
});

test("another operation is an UnknownOperationException", async () => {
  await expect(client.send(new ListRulesCommand({}))).rejects.toMatchObject({ name: "UnknownOperationException" });
});

test("a body that is not JSON is a SerializationException", async () => {
  const response = await fetch(server.endpoint, { method: "POST", headers: { "x-amz-target": "AWSEvents.PutEvents" }, body: "{" });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ __type: "SerializationException" });
});

test("a request for another service is left alone", async () => {
  const response = await fetch(server.endpoint, { method: "POST", headers: { "x-amz-target": "AmazonSQS.SendMessage" }, body: "{}" });
  expect(response.status).toBe(404);
});
