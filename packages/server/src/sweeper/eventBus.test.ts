import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requestEventDetail } from "../pipe/requestEvent.ts";
import { tenantGroup } from "../table/keys.ts";
import { startEventsEndpoint } from "../testing/eventsEndpoint.ts";
import type { EventsEndpoint } from "../testing/eventsEndpoint.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import { createEventBus } from "./eventBus.ts";
import type { EventBus } from "./eventBus.ts";

let endpoint: EventsEndpoint;
let client: EventBridgeClient;
let bus: EventBus;
beforeEach(async () => {
  endpoint = await startEventsEndpoint();
  client = new EventBridgeClient({
    endpoint: endpoint.url,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  bus = createEventBus("streamer-bus", client);
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const idsIn = (entries: readonly PutEventsRequestEntry[]): string[] =>
  entries.map(({ Detail = "" }) => (JSON.parse(Detail) as { request_id: string }).request_id);

test("an event is as the Pipe makes it of a request that waits, whatever its status is now, and says that it tells of no transition", async () => {
  const request = storedRequest({ tenantId: "Ac#me/ü", status: "retrying", attempt: 2 });
  expect(await bus.send([request])).toEqual([]);
  const [[entry] = []] = endpoint.calls;
  expect(entry).toMatchObject({ EventBusName: "streamer-bus", Source: "streamer", DetailType: "streamer.request" });
  const text: unknown = JSON.parse(entry?.Detail ?? "");
  // A string on the bus, as the Pipe's template gives it.
  expect(text).toMatchObject({ attempt: "2" });
  expect(v.parse(requestEventDetail, text)).toEqual({
    request_id: request.requestId,
    tenant_id: "Ac%23me%2F%C3%BC",
    tenant_group: tenantGroup("Ac#me/ü"),
    user_id: "auth0%7Cu%231",
    action: "generate_report",
    status: "pending",
    attempt: 2,
    correlation_id: "k",
    traceparent: "",
    resent: true,
  });
  expect(JSON.stringify(text)).not.toContain(request.payload);
});

test("23 events are three calls, of 10 at most", async () => {
  const requests = Array.from({ length: 23 }, () => storedRequest());
  expect(await bus.send(requests)).toEqual([]);
  expect(endpoint.calls.map((entries) => entries.length).toSorted((a, b) => b - a)).toEqual([10, 10, 3]);
  expect(endpoint.calls.flatMap(idsIn).toSorted()).toEqual(requests.map(({ requestId }) => requestId).toSorted());
});

test("no event is no call", async () => {
  expect(await bus.send([])).toEqual([]);
  expect(endpoint.calls).toEqual([]);
});

test("entries that the bus refuses are given back with its code, and only these", async () => {
  const requests = Array.from({ length: 3 }, () => storedRequest());
  endpoint.refuse(1, "ThrottlingException");
  expect(await bus.send(requests)).toEqual([{ request: requests[1], cause: "ThrottlingException" }]);
});

test("a call that fails gives back its own events, and the next are still sent", async () => {
  const requests = Array.from({ length: 12 }, () => storedRequest());
  endpoint.fail(500, 1);
  const refused = await bus.send(requests);
  const [failed = []] = endpoint.calls;
  expect(refused.map(({ request }) => request.requestId)).toEqual(idsIn(failed));
  for (const { cause } of refused) expect(cause).toBeInstanceOf(Error);
  expect(endpoint.calls.flat()).toHaveLength(12);
});
