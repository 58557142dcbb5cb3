import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRequestStore } from "../table/requestStore.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { createSubscriptionStore } from "../table/subscriptionStore.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import { createFakeManagementApi } from "../testing/fakeManagementApi.ts";
import type { FakeManagementApi } from "../testing/fakeManagementApi.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import type { RecordedLogger } from "../testing/recordedLogger.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionManager } from "./connectionManager.ts";
import { createDelivery } from "./delivery.ts";
import type { RequestUpdate } from "./delivery.ts";
import type { Delivery, DeliveryDeps } from "./delivery.ts";

let table: TableConfig;
let subscriptions: SubscriptionStore;
let api: FakeManagementApi;
let log: RecordedLogger;
let request: StoredRequest;
beforeAll(async () => {
  table = await createTestTable();
  subscriptions = createSubscriptionStore(table);
});
beforeEach(async () => {
  api = createFakeManagementApi();
  log = createRecordedLogger();
  ({ request } = await createRequestStore(table, createFakeClock()).create(sampleRequest({ connectionId: "submitter" })));
});

const delivery = (deps: Partial<DeliveryDeps> = {}): Delivery =>
  createDelivery(request, {
    subscriptions,
    connectionManager: createConnectionManager(
      { retries: 1, minDelayMs: 1 },
      { managementApi: api, connections: createConnectionStore(table, createFakeClock()), logger: log.logger, random: () => 0.5 },
    ),
    logger: log.logger,
    ...deps,
  });
const message = (sequence: number): RequestUpdate => ({
  type: "chunk",
  request_id: "r1",
  sequence,
  previous: 0,
  attempt: 1,
  data: ["secret"],
});
/** As they arrive: with the correlation id of their request, "k". */
const told = (...messages: readonly RequestUpdate[]) => messages.map((each) => ({ ...each, correlation_id: "k" }));
const subscribe = (connectionId: string) => subscriptions.put(request, connectionId, request.expiresAt);

it("a message goes to the connection that submitted the request and to all who subscribed", async () => {
  await subscribe("a");
  await subscribe("b");
  await delivery().deliver(message(1));
  for (const connectionId of ["submitter", "a", "b"]) expect(api.received(connectionId)).toEqual(told(message(1)));
  expect(api.calls).toHaveLength(3);
});

it("a message whose text is known is sent as that text, its correlation id behind it", async () => {
  const text = JSON.stringify(message(1));
  await delivery().deliver(message(1), { text });
  expect(api.received("submitter")).toEqual(told(message(1)));
  expect(api.calls.map((call) => call.data)).toEqual([`${text.slice(0, -1)},"correlation_id":"k"}`]);
});

it("a submitter that subscribed too gets each message once", async () => {
  await subscribe("submitter");
  await delivery().deliver(message(1));
  expect(api.received("submitter")).toEqual(told(message(1)));
});

it("a connection that is told otherwise is left out, of this message only", async () => {
  await subscribe("a");
  const one = delivery();
  await one.deliver(message(1), { except: "a" });
  await one.deliver(message(2));
  expect(api.received("a")).toEqual(told(message(2)));
  expect(api.received("submitter")).toEqual(told(message(1), message(2)));
});

it("the watchers are read anew for each message: who subscribes in between gets the next", async () => {
  const one = delivery();
  await one.deliver(message(1));
  await subscribe("late");
  await one.deliver(message(2));
  await subscriptions.delete(request, "late");
  await one.deliver(message(3));
  expect(api.received("late")).toEqual(told(message(2)));
  expect(api.received("submitter")).toEqual(told(message(1), message(2), message(3)));
});

it("a connection that is gone is not sent to again; the others are", async () => {
  await subscribe("a");
  api.answer("submitter", 410);
  const one = delivery();
  await one.deliver(message(1));
  await one.deliver(message(2));
  expect(api.calls.map((call) => call.connectionId)).toEqual(["submitter", "a", "a"]);
  expect(api.received("a")).toEqual(told(message(1), message(2)));
});

it("a connection that only failed is sent to again", async () => {
  // Its one retry too.
  api.answer("submitter", 503, 2);
  const one = delivery();
  await one.deliver(message(1));
  await one.deliver(message(2));
  expect(api.received("submitter")).toEqual(told(message(2)));
});

it("what did not reach a watcher is in the log, without what it said", async () => {
  api.answer("submitter", 503);
  await delivery().deliver(message(1));
  expect(log.entries("A message did not reach a watcher.")).toMatchObject([
    { level: "WARN", connection_id: "submitter", message_type: "chunk", error: { name: "SendFailedError" } },
  ]);
  expect(log.lines.join("")).not.toContain("secret");
});

it("the subscription of a connection that is gone is removed: neither this attempt nor another asks for it again", async () => {
  await subscribe("leaver");
  await subscribe("stays");
  api.answer("leaver", 410);
  await delivery().deliver(message(1));
  expect(await subscriptions.listByRequest(request)).toEqual(["stays"]);
  await delivery().deliver(message(2));
  expect(api.calls.filter((call) => call.connectionId === "leaver")).toHaveLength(1);
});

it("a subscription that cannot be removed fails nothing: the log says so", async () => {
  await subscribe("leaver");
  api.answer("leaver", 410);
  const broken = { ...subscriptions, delete: () => Promise.reject(new Error("throttled")) };
  await delivery({ subscriptions: broken }).deliver(message(1));
  expect(api.received("submitter")).toEqual(told(message(1)));
  expect(log.entries("The subscription of a gone connection could not be removed.")).toMatchObject([{ connection_id: "leaver" }]);
});

it("watchers that cannot be read fail nothing: the log says so", async () => {
  const broken = { ...subscriptions, listByRequest: () => Promise.reject(new Error("throttled")) };
  await expect(delivery({ subscriptions: broken }).deliver(message(1))).resolves.toBeUndefined();
  expect(api.calls).toEqual([]);
  expect(log.entries()).toMatchObject([{ level: "WARN", message_type: "chunk" }]);
});
