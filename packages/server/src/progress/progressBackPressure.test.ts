import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { beforeEach, expect, it } from "vitest";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import { createConnectionManager } from "../connection/connectionManager.ts";
import { createDelivery } from "../connection/delivery.ts";
import { createFakeManagementApi } from "../testing/fakeManagementApi.ts";
import type { FakeManagementApi } from "../testing/fakeManagementApi.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import type { RecordedLogger } from "../testing/recordedLogger.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import { createProgressReporter } from "./progressReporter.ts";
import type { ProgressReporter } from "./progressReporter.ts";
import { createUpdateLine } from "./updateLine.ts";

const request = storedRequest({ connectionId: "c1", attempt: 1 });
let clock: FakeClock;
let api: FakeManagementApi;
let log: RecordedLogger;
let manager: ConnectionManager;
let reporter: ProgressReporter;
beforeEach(() => {
  clock = createFakeClock();
  api = createFakeManagementApi();
  log = createRecordedLogger();
  manager = createConnectionManager(
    {},
    { managementApi: api, connections: { delete: async () => undefined }, logger: log.logger, random: () => 0.5, clock },
  );
  const subscriptions = { listByRequest: async () => [], delete: async () => undefined };
  const line = createUpdateLine(request, 0, {
    updates: { put: async () => undefined },
    delivery: createDelivery(request, { subscriptions, connectionManager: manager, logger: log.logger }),
    mayWrite: () => true,
  });
  reporter = createProgressReporter(line, { clock, logger: log.logger });
});
const received = (): unknown[] => api.received("c1").map((message) => (message.type === "progress" ? message.percentage : message.type));

it("a throttled update is dropped when a newer one waits, and the newer one is sent", async () => {
  api.answer("c1", 429, 1);
  reporter.report(10, "old");
  await clock.advance(0);
  reporter.report(20, "new");
  await clock.advance(200);
  expect(received()).toEqual([20]);
  expect(api.calls).toHaveLength(2);
  expect(log.entries("A message did not reach a watcher.")).toEqual([]);
});

it("a throttled update that nothing replaces is tried again until it is taken", async () => {
  api.answer("c1", 429, 3);
  reporter.report(10, "stays");
  await clock.advance(100 + 200 + 400);
  expect(received()).toEqual([10]);
  expect(api.calls).toHaveLength(4);
});

it("the end of an attempt waits for no throttled update: the outcome replaces it", async () => {
  api.answer("c1", 429);
  reporter.report(100, "done");
  await clock.advance(0);
  const flushing = reporter.flushNow();
  await clock.advance(100);
  await flushing;
  expect(api.calls).toHaveLength(1);
  expect(clock.pending).toBe(0);
});
