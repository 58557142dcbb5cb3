import { defineAction } from "@streamer/protocol";
import type { Action } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import * as v from "valibot";
import { beforeEach, expect, it } from "vitest";
import { createConnectionManager } from "../../connection/connectionManager.ts";
import type { ConnectionManager } from "../../connection/connectionManager.ts";
import type { Run } from "../../processor/context.ts";
import { RetryableError } from "../../processor/errors.ts";
import { createConnectionStore } from "../connectionStore.ts";
import type { TableConfig } from "../entities/model.ts";
import { createFakeManagementApi } from "../../testing/fakeManagementApi.ts";
import { createProcessorHarness } from "../../testing/processorHarness.ts";
import { createRawTable } from "../../testing/rawTable.ts";
import { createRecordedLogger } from "../../testing/recordedLogger.ts";
import { createRouterHarness } from "../../testing/routerHarness.ts";
import { sampleActions } from "../../testing/sampleActions.ts";
import { createSweeperHarness, LEASE_MS } from "../../testing/sweeperHarness.ts";
import { createTestTable } from "../../testing/testTable.ts";
import { AS_CODED } from "./orders.ts";
import { observeSteps } from "./observedSteps.ts";
import type { ObservedSteps } from "./observedSteps.ts";

let table: TableConfig;
let observed: ObservedSteps;
beforeEach(async () => {
  table = await createTestTable();
  observed = observeSteps(table);
});

const { flush, transition, subscribe } = AS_CODED;
/** A claim is a write of the status as well; only later attempts read what came before. */
const CLAIM = "write status";

async function stepsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  observed.clear();
  await work();
  return [...observed.steps];
}

/** What a worker or a sweeper sends by, its posts observed. */
function observedManager(): ConnectionManager {
  const clock = createFakeClock();
  return createConnectionManager(
    {},
    {
      managementApi: observed.posting(createFakeManagementApi()),
      connections: createConnectionStore(table, clock),
      logger: createRecordedLogger().logger,
      random: () => 0.5,
      clock,
    },
  );
}

function processor<A extends Action>(action: A, run: Run<A>) {
  return createProcessorHarness(table, action, run, { deps: { connectionManager: observedManager() } });
}

const draft = defineAction("write_draft", {
  input: v.object({}),
  output: v.unknown(),
  chunk: v.number(),
  estimatedDuration: "1 minute",
});

it("a worker flushes and settles in the orders of the model: what it emits, its progress, and the outcome", async () => {
  const harness = processor(draft, async ({ emit }) => {
    await emit(1);
    await emit(2);
    return {};
  });
  const request = await harness.submit({});
  expect(await stepsOf(() => harness.process(request))).toEqual([CLAIM, ...flush, ...flush, ...flush, ...transition]);
});

it("a worker that fails, and is to be tried again, says so in the order of the model; the next reads what came before after its claim", async () => {
  let attempts = 0;
  const harness = processor(sampleActions.generateReport, async () => {
    attempts += 1;
    if (attempts === 1) throw new RetryableError("Again.", { retryAfter: "1 second" });
    return {};
  });
  const request = await harness.submit({ start: "2024" });
  expect(await stepsOf(() => harness.process(request))).toEqual([CLAIM, ...transition]);
  await createRawTable(table).force(request, { retry_at: harness.clock.now() });
  const [claim, previous, ...rest] = await stepsOf(() => harness.process(request));
  expect([claim, previous]).toEqual([CLAIM, "read updates"]);
  expect(rest).toEqual([...flush, ...transition]);
});

it("a subscriber asks in the order of the model", async () => {
  const router = createRouterHarness(table, { actions: sampleActions, handlers: { echo: () => "done" } });
  await router.send(await router.connect(), { id: "r1", action: "generate_report", payload: { start: "2024" } });
  const watcher = await router.connect();
  expect(await stepsOf(() => router.send(watcher, { type: "subscribe", request_id: "r1" }))).toEqual(subscribe);
});

it("a cancel of what waits is written and told in the order of the model", async () => {
  const router = createRouterHarness(
    table,
    { actions: sampleActions, handlers: { echo: () => "done" } },
    { connectionManager: observedManager() },
  );
  const [submitter, other] = [await router.connect(), await router.connect()];
  await router.send(submitter, { id: "r1", action: "generate_report", payload: { start: "2024" } });
  const steps = await stepsOf(() => router.send(other, { type: "cancel", request_id: "r1" }));
  expect(steps).toEqual(["authorise", ...transition]);
});

it.each([
  ["lets try again", 1],
  ["settles", 3],
])("a sweeper that %s does so in the order of the model", async (_, attempts) => {
  const sweeper = createSweeperHarness(table, { deps: () => ({ connectionManager: observedManager() }) });
  await sweeper.running(attempts);
  await sweeper.clock.advance(LEASE_MS);
  expect(await stepsOf(() => sweeper.sweep())).toEqual(transition);
});

it("whoever settles early, or reads what may be stale, would be seen", async () => {
  const harness = processor(draft, async () => ({}));
  const request = await harness.submit({});
  const steps = await stepsOf(async () => {
    await harness.deps.subscriptions.listByRequest(request);
    await harness.deps.requests.get(request);
    await harness.process(request);
  });
  expect(steps).toEqual(["read watchers", "authorise", CLAIM, ...flush, ...transition]);
});
