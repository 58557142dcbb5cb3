import { createFakeClock } from "@streamer/protocol/testing";
import * as v from "valibot";
import { beforeAll, describe, expect, test } from "vitest";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { decodeKeyPart, tenantGroup } from "../table/keys.ts";
import { createRequestStore } from "../table/requestStore.ts";
import type { NewRequest } from "../table/requestVerbs.ts";
import { createSubscriptionStore } from "../table/subscriptionStore.ts";
import { createUpdateStore } from "../table/updateStore.ts";
import { matches, recordOf, requestKey, setStatus } from "../testing/storedImages.ts";
import type { StreamRecord } from "../testing/storedImages.ts";
import { createTestTable } from "../testing/testTable.ts";
import { inputTemplate, pipeDefinition } from "./pipeDefinition.ts";
import { requestEventDetail } from "./requestEvent.ts";

const LEASE_MS = 60_000;
const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const clock = createFakeClock();
let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

/** A request with the stores around it; `record` gives what the stream says of a write to it. */
function request(overrides: Partial<NewRequest> = {}) {
  const store = createRequestStore(table, clock);
  const ref: NewRequest = {
    tenantId: "Ac#me/ü",
    requestId: crypto.randomUUID(),
    userId: "auth0|u#1",
    connectionId: "c1=",
    action: "generate_report",
    payload: '{"card":"SECRET"}',
    payloadHash: "hash",
    metadata: { note: "SECRET" },
    correlationId: "correlation-1",
    traceparent: TRACEPARENT,
    ...overrides,
  };
  const record = (write: () => Promise<unknown>) => recordOf(table, requestKey(ref), write);
  const running = async () => {
    await store.create(ref);
    await store.claim(ref, LEASE_MS);
  };
  return { store, ref, record, running };
}

const passes = (record: StreamRecord): boolean => pipeDefinition.filters.some((filter) => matches(filter, record));

describe("a change of a request that somebody waits for passes the filters", () => {
  test("accepted", async () => {
    const { store, ref, record } = request();
    expect(passes(await record(() => store.create(ref)))).toBe(true);
  });

  test("accepted, its payload in an item of its own", async () => {
    const { store, ref, record } = request({ payload: JSON.stringify("x".repeat(9_000)) });
    expect(passes(await record(() => store.create(ref)))).toBe(true);
  });

  const ends = {
    completed: ({ store, ref }: ReturnType<typeof request>) => store.complete(ref, 1, { body: '"SECRET"', files: {} }, undefined),
    "completed with a big result": ({ store, ref }: ReturnType<typeof request>) =>
      store.complete(ref, 1, { body: JSON.stringify("x".repeat(9_000)), files: {} }, undefined),
    failed: ({ store, ref }: ReturnType<typeof request>) => store.fail(ref, 1, { code: "TIMEOUT" }, undefined),
    "cancelled by its worker": ({ store, ref }: ReturnType<typeof request>) => store.stop(ref, 1, undefined),
  };
  test.each(Object.entries(ends))("%s", async (_, end) => {
    const world = request();
    await world.running();
    expect(passes(await world.record(() => end(world)))).toBe(true);
  });

  test("cancelled before it began", async () => {
    const { store, ref, record } = request();
    await store.create(ref);
    expect(passes(await record(() => store.cancel(ref, "SECRET")))).toBe(true);
  });

  test("to be tried again, and cancelled while it waits", async () => {
    const { store, ref, record, running } = request();
    await running();
    expect(passes(await record(() => setStatus(table, ref, "retrying")))).toBe(true);
    expect(passes(await record(() => store.cancel(ref, undefined)))).toBe(true);
  });

  test.each(["completed", "failed", "cancelled"])("redriven by an operator after it %s", async (status) => {
    const { ref, record, running } = request();
    await running();
    await setStatus(table, ref, status);
    expect(passes(await record(() => setStatus(table, ref, "pending")))).toBe(true);
  });
});

describe("what nobody waits for does not pass", () => {
  test("a claim, the first and the next", async () => {
    const { store, ref, record } = request();
    await store.create(ref);
    expect(passes(await record(() => store.claim(ref, LEASE_MS)))).toBe(false);
    await setStatus(table, ref, "retrying");
    expect(passes(await record(() => store.claim(ref, LEASE_MS)))).toBe(false);
  });

  test("a heartbeat, a cancel flag, the end of a lease", async () => {
    const { store, ref, record, running } = request();
    await running();
    expect(passes(await record(() => store.heartbeat(ref, 1, LEASE_MS, { percentage: 5, message: "x", at: 1 })))).toBe(false);
    expect(passes(await record(() => store.requestCancel(ref, undefined)))).toBe(false);
    expect(passes(await record(() => store.release(ref, 1)))).toBe(false);
  });

  test("a lost write that changes nothing", async () => {
    const { store, ref, record, running } = request();
    await running();
    await store.complete(ref, 1, { body: "1", files: {} }, undefined);
    expect(passes(await record(() => store.fail(ref, 1, { code: "TIMEOUT" }, undefined)))).toBe(false);
  });

  test("other items of the table", async () => {
    const { store, ref, running } = request({ tenantId: "acme", payload: JSON.stringify("x".repeat(9_000)) });
    await running();
    await store.complete(ref, 1, { body: JSON.stringify("x".repeat(9_000)), files: {} }, undefined);
    const part = (sk: string, write: () => Promise<unknown> = () => Promise.resolve()) =>
      recordOf(table, { ...requestKey(ref), sk }, write).then((record) => ({ ...record, eventName: "INSERT" as const }));
    const records = await Promise.all([
      part("payload"),
      part("result"),
      part("subscription#c2", () => createSubscriptionStore(table).put(ref, "c2", 2_000_000_000)),
      part("update#000001000001", () =>
        createUpdateStore(table).put(
          ref,
          { type: "chunk", request_id: ref.requestId, sequence: 1_000_001, previous: 0, attempt: 1, data: [{ status: "pending" }] },
          2_000_000_000,
        ),
      ),
      recordOf(table, { pk: "connection#c9", sk: "connection" }, () =>
        createConnectionStore(table, clock).save({
          connectionId: "c9",
          tenantId: "acme",
          userId: "u1",
          permissions: [],
          endpoint: "api.example/live",
          tokenExpiresAt: 2_000_000_000,
          userAgent: undefined,
          ipAddress: undefined,
        }),
      ),
    ]);
    expect(records.map(passes)).toEqual([false, false, false, false, false]);
  });
});

describe("the event made of a change", () => {
  /** The template with its paths filled in, as EventBridge does it. */
  const detailOf = (record: StreamRecord): unknown =>
    JSON.parse(
      inputTemplate(pipeDefinition).replaceAll(/<\$\.([^>]+)>/g, (_, path: string) =>
        JSON.stringify(path.split(".").reduce<unknown>((value, segment) => Reflect.get(value as object, segment), record)),
      ),
    );

  test("says which request, and where it stands", async () => {
    const { store, ref, record, running } = request();
    await running();
    const detail = v.parse(requestEventDetail, detailOf(await record(() => store.fail(ref, 1, { code: "TIMEOUT" }, undefined))));
    expect(detail).toEqual({
      request_id: ref.requestId,
      tenant_group: tenantGroup(ref.tenantId),
      tenant_id: "Ac%23me%2F%C3%BC",
      user_id: "auth0%7Cu%231",
      action: "generate_report",
      status: "failed",
      attempt: 1,
      correlation_id: "correlation-1",
      traceparent: TRACEPARENT,
    });
    expect(decodeKeyPart(detail.tenant_id)).toBe(ref.tenantId);
  });

  test("says nothing of payload, metadata, result or reason", async () => {
    const { store, ref, record } = request();
    const created = detailOf(await record(() => store.create(ref)));
    await store.claim(ref, LEASE_MS);
    const completed = detailOf(await record(() => store.complete(ref, 1, { body: '"SECRET"', files: {} }, undefined)));
    expect(JSON.stringify([created, completed])).not.toContain("SECRET");
  });
});

test("the Pipe is within the service's limits: 5 filters, a template of 8,192 characters, 10 entries a batch, retries that end", () => {
  expect(pipeDefinition.filters.length).toBeLessThanOrEqual(5);
  expect(inputTemplate(pipeDefinition).length).toBeLessThanOrEqual(8_192);
  expect(pipeDefinition.batchSize).toBeLessThanOrEqual(10);
  expect(pipeDefinition.maximumRetryAttempts).toBeGreaterThan(0);
  expect(pipeDefinition.maximumRecordAgeSeconds).toBeGreaterThan(0);
  expect(pipeDefinition.maximumRecordAgeSeconds).toBeLessThan(24 * 60 * 60);
});
