import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, expect, it } from "vitest";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { createRequestStore } from "./requestStore.ts";
import type { NewRequest } from "./requestVerbs.ts";

let config: TableConfig;
beforeAll(async () => {
  config = await createTestTable();
});

const newRequest = (overrides: Partial<NewRequest> = {}): NewRequest => ({
  tenantId: "Acme",
  requestId: crypto.randomUUID(),
  userId: "auth0|u#1",
  connectionId: "c1=",
  action: "generate_report",
  payload: '{"a":1}',
  payloadHash: "hash",
  metadata: { source: "test" },
  correlationId: "k",
  ...overrides,
});

it("a created request waits as pending and reads back whole", async () => {
  const clock = createFakeClock();
  const store = createRequestStore(config, clock);
  const request = newRequest();
  const created = await store.create(request);
  expect(created).toMatchObject({ created: true, request: { status: "pending", attempt: 0, tenantId: "Acme", userId: "auth0|u#1" } });
  expect(await store.get(request)).toEqual(created.request);
  expect(await store.payloadOf(created.request)).toBe('{"a":1}');
});

it("a second create under the same id changes nothing and gives the first", async () => {
  const store = createRequestStore(config, createFakeClock());
  const first = newRequest();
  await store.create(first);
  const second = await store.create({ ...first, payload: '{"a":2}', payloadHash: "other" });
  expect(second).toMatchObject({ created: false, request: { payloadHash: "hash" } });
});

it.each([["inline", 10], ["in an item of its own", 9_000]])("a payload %s comes back as it was", async (_, length) => {
  const store = createRequestStore(config, createFakeClock());
  const payload = JSON.stringify({ text: "x".repeat(length) });
  const { request } = await store.create(newRequest({ payload }));
  expect(await store.payloadOf(request)).toBe(payload);
  const again = await store.create(newRequest({ payload, requestId: request.requestId }));
  expect(again.created).toBe(false);
  const stored = await store.get(request);
  expect(stored && (await store.payloadOf(stored))).toBe(payload);
});
