import { beforeAll, expect, it } from "vitest";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import type { ProcessorHarness } from "../testing/processorHarness.ts";
import { createRawTable } from "../testing/rawTable.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { Run } from "./context.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

/** A request whose submitter and one subscriber are connected. */
async function open(run: Run<typeof sampleActions.generateReport>) {
  const one = createProcessorHarness(table, sampleActions.generateReport, run);
  const connections = createConnectionStore(table, one.clock);
  const request = await one.submit({ start: "2024" });
  const watcher = crypto.randomUUID();
  await one.deps.subscriptions.put(request, watcher, request.expiresAt);
  for (const connectionId of [request.connectionId, watcher]) {
    await connections.save({
      connectionId,
      tenantId: request.tenantId,
      userId: request.userId,
      permissions: [],
      endpoint: "api.example/test",
      tokenExpiresAt: 2_000_000_000,
      userAgent: undefined,
      ipAddress: undefined,
    });
  }
  const sent = async () => Promise.all([request.connectionId, watcher].map(async (id) => (await connections.get(id))?.messagesSent));
  return { one, request, watcher, sent };
}

const received = ({ api }: ProcessorHarness, ids: readonly string[]): readonly number[] => ids.map((id) => api.received(id).length);
const reports: Run<typeof sampleActions.generateReport> = async ({ progress, flush }) => {
  progress(10, "begun");
  await flush();
  return {};
};

it("what an attempt posted is on the records of all who watched it", async () => {
  const { one, request, watcher, sent } = await open(reports);
  await one.process(request);
  // Two updates and the end.
  expect(received(one, [request.connectionId, watcher])).toEqual([3, 3]);
  expect(await sent()).toEqual([3, 3]);
});

it("an attempt that fails is counted like any other", async () => {
  const { one, request, sent } = await open(async (context) => {
    await reports(context);
    throw new Error("out of paper");
  });
  await one.process(request);
  expect(await sent()).toEqual([2, 2]);
});

it("an attempt that loses its request to another is counted, too", async () => {
  const lose = async (request: StoredRequest): Promise<void> =>
    createRawTable(table).force(request, { attempt: 7, lease_expires_at: Number.MAX_SAFE_INTEGER });
  const { one, request, sent } = await open(async (context) => {
    await reports(context);
    await lose(request);
    return {};
  });
  await one.process(request);
  const [count] = await sent();
  expect(count).toBe(one.received(request).length);
  expect(count).toBeGreaterThan(0);
  expect((await one.stored(request)).status).toBe("processing");
});
