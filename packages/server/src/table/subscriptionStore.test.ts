import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, expect, it } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { createRequestStore } from "./requestStore.ts";
import { createSubscriptionStore } from "./subscriptionStore.ts";
import type { SubscriptionStore } from "./subscriptionStore.ts";
import { createUpdateStore } from "./updateStore.ts";

const EXPIRES_AT = 1_800_000_000;
let config: TableConfig;
let store: SubscriptionStore;
beforeAll(async () => {
  config = await createTestTable();
  store = createSubscriptionStore(config);
});
const newRef = (tenantId = "Acme") => ({ tenantId, requestId: crypto.randomUUID() });

it("whoever subscribed is listed once, however often they did", async () => {
  const ref = newRef();
  await store.put(ref, "c1=", EXPIRES_AT);
  await store.put(ref, "c2=", EXPIRES_AT);
  await store.put(ref, "c2=", EXPIRES_AT);
  expect(await store.listByRequest(ref)).toEqual(["c1=", "c2="]);
});

it("whoever unsubscribed is listed no more; to unsubscribe twice is no error", async () => {
  const ref = newRef();
  await store.put(ref, "c1", EXPIRES_AT);
  await store.put(ref, "c2", EXPIRES_AT);
  await store.delete(ref, "c1");
  await store.delete(ref, "c1");
  expect(await store.listByRequest(ref)).toEqual(["c2"]);
});

it("the list holds connections only, though the request and its log share its partition", async () => {
  const request = sampleRequest();
  await createRequestStore(config, createFakeClock()).create(request);
  await createUpdateStore(config).put(
    request,
    { type: "chunk", request_id: request.requestId, sequence: 1, previous: 0, attempt: 1, data: [""] },
    EXPIRES_AT,
  );
  await store.put(request, "c1", EXPIRES_AT);
  expect(await store.listByRequest(request)).toEqual(["c1"]);
});

it("a subscription ends with its request: same TTL", async () => {
  const ref = newRef();
  await store.put(ref, "c1", EXPIRES_AT);
  const items = await createRawTable(config).request(ref);
  expect(items["subscription#c1"]?.["expires_at"]).toEqual({ N: String(EXPIRES_AT) });
});

it("a connection that ends takes all its subscriptions with it, of any tenant name, and nobody else's", async () => {
  const connectionId = crypto.randomUUID();
  const refs = ["Acme", "a#b", "ünï/cøde %23"].flatMap((tenant) => Array.from({ length: 20 }, () => newRef(tenant)));
  for (const ref of refs) {
    await store.put(ref, connectionId, EXPIRES_AT);
    await store.put(ref, "other", EXPIRES_AT);
  }
  expect(await store.deleteByConnection(connectionId)).toEqual({ requests: 60, topics: [] });
  for (const ref of refs) expect(await store.listByRequest(ref)).toEqual(["other"]);
  expect(await store.deleteByConnection(connectionId)).toEqual({ requests: 0, topics: [] });
});

it("a connection that ends leaves the requests it submitted", async () => {
  const connectionId = crypto.randomUUID();
  const requests = createRequestStore(config, createFakeClock());
  const own = sampleRequest({ connectionId });
  await requests.create(own);
  await store.put(newRef(), connectionId, EXPIRES_AT);
  expect(await store.deleteByConnection(connectionId)).toEqual({ requests: 1, topics: [] });
  expect(await requests.get(own)).toBeDefined();
  expect((await requests.listByConnection(connectionId)).items).toHaveLength(1);
});

it("more subscriptions than one page of the index holds are removed all", async () => {
  const table = await createTestTable();
  // A page of the index ends after 1 MB. Here it ends after two keys.
  table.client.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input, ...pageOfTwo(args.input) } }), {
    step: "initialize",
  });
  const paged = createSubscriptionStore(table);
  for (let count = 0; count < 5; count += 1) await paged.put(newRef(), "c1", EXPIRES_AT);
  expect(await paged.deleteByConnection("c1")).toEqual({ requests: 5, topics: [] });
  expect(await paged.deleteByConnection("c1")).toEqual({ requests: 0, topics: [] });
});

function pageOfTwo(input: object): object {
  return "IndexName" in input ? { Limit: 2 } : {};
}
