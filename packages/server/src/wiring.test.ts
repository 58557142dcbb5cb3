import { defineAction, INTEGRATION_TIMEOUT_MS, MAX_FUNCTION_TIMEOUT_MS } from "@streamer/protocol";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { pipeDefinition } from "./pipe/pipeDefinition.ts";
import { requestRulePattern } from "./pipe/requestEvent.ts";
import { tableDefinition } from "./table/tableDefinition.ts";
import { sampleActions } from "./testing/sampleActions.ts";
import { createWiring } from "./wiring.ts";
import type { ProcessorWiring } from "./wiring.ts";

const schemas = { input: v.object({}), output: v.unknown() };
const slowest = defineAction("import_all_orders", {
  ...schemas,
  estimatedDuration: "10 minutes",
  timeout: "14 minutes",
  retry: { attempts: 20 },
  memory: "2 GB",
  concurrency: 1_000,
});
const quickest = defineAction("resize", { ...schemas, estimatedDuration: "6 seconds", timeout: "1 second", retry: { attempts: 1 } });
const actions = { ...sampleActions, importAllOrders: slowest, resize: quickest };
const wiring = createWiring(actions);

function processorOf(action: string): ProcessorWiring {
  const found = wiring.processors.find((processor) => processor.action === action);
  if (found === undefined) throw new Error(`no processor of ${action}`);
  return found;
}

describe("the processors", () => {
  test("are one for each long action", () => {
    expect(wiring.processors.map(({ action }) => action)).toEqual(["generate_report", "purge_reports", "import_all_orders", "resize"]);
  });

  test("follow the threshold when another is given", () => {
    const names = (asyncThresholdMs: number) => createWiring(actions, { asyncThresholdMs }).processors.map(({ action }) => action);
    expect(names(9)).toContain("echo");
    expect(names(10)).not.toContain("echo");
    expect(names(10 * 60_000)).toEqual([]);
  });

  test("are found in their action's folder, which has the name of its key", () => {
    expect(processorOf("import_all_orders").function).toEqual({
      name: "process_import_all_orders",
      handler: "src/actions/importAllOrders/processor.handler",
      timeoutMs: 900_000,
      memory: "2 GB",
    });
  });

  test("run as many at a time as their action says", () => {
    expect(wiring.processors.map(({ concurrency }) => concurrency)).toEqual([50, 50, 1_000, 50]);
  });

  test("have a minute beyond their action's timeout, within Lambda's limit", () => {
    expect(processorOf("resize").function.timeoutMs).toBe(61_000);
    for (const processor of wiring.processors) expect(processor.function.timeoutMs).toBeLessThanOrEqual(MAX_FUNCTION_TIMEOUT_MS);
  });

  test("are fed by a rule that picks their action's waiting requests", () => {
    for (const { action, rule } of wiring.processors) expect(rule).toMatchObject({ name: action, pattern: requestRulePattern(action) });
  });
});

describe("the queues", () => {
  test("hide a message at least as long as its function may run, so that no second copy is delivered meanwhile", () => {
    for (const { queue, function: spec } of wiring.processors) expect(queue.visibilityTimeoutMs).toBeGreaterThanOrEqual(spec.timeoutMs);
  });

  test("give a message up only after all attempts and some receives to spare", () => {
    expect(wiring.processors.map(({ queue }) => queue.maxReceiveCount)).toEqual([8, 8, 25, 6]);
  });

  test("give one message at a time", () => {
    expect(wiring.processors.map(({ queue }) => queue.batchSize)).toEqual([1, 1, 1, 1]);
  });

  test("have dead letters of their own", () => {
    const names = wiring.processors.flatMap(({ queue }) => [queue.name, queue.deadLetterName]);
    expect(new Set(names).size).toBe(8);
    expect(names).toContain("import_all_orders_dead_letters");
  });
});

describe("the routes", () => {
  test("are the three that API Gateway knows, each with a function of its own", () => {
    expect(Object.entries(wiring.routes).map(([route, { name, handler }]) => [route, name, handler])).toEqual([
      ["$connect", "connect", "src/connect.handler"],
      ["$disconnect", "disconnect", "src/disconnect.handler"],
      ["$default", "router", "src/router.handler"],
    ]);
  });

  test("end when API Gateway stops waiting for them", () => {
    for (const { timeoutMs } of Object.values(wiring.routes)) expect(timeoutMs).toBeLessThanOrEqual(INTEGRATION_TIMEOUT_MS);
  });
});

test("the sweeper runs each minute, and ends before its next run is due", () => {
  expect(wiring.schedules).toEqual([
    {
      name: "sweeper",
      everyMs: 60_000,
      function: { name: "sweeper", handler: "src/sweeper.handler", timeoutMs: 60_000, memory: "512 MB" },
    },
  ]);
});

test("no two functions share a name", () => {
  const parts = [...wiring.processors, ...wiring.schedules].map((part) => part.function);
  const names = [...Object.values(wiring.routes), ...parts].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test("table and Pipe are the one definition of each", () => {
  expect(wiring.table).toBe(tableDefinition);
  expect(wiring.pipe).toBe(pipeDefinition);
});

describe("the notifier", () => {
  test("takes what is said of topics, and the transitions of requests unless these are left out", () => {
    expect(wiring.notifier.rule.pattern).toEqual({ source: ["streamer"], "detail-type": ["streamer.topic", "streamer.request"] });
    expect(createWiring(actions, { requestTopics: false }).notifier.rule.pattern).toEqual({
      source: ["streamer"],
      "detail-type": ["streamer.topic"],
    });
  });

  test("takes up to ten messages at a time, which stay invisible for six times its timeout", () => {
    const { queue, function: spec } = wiring.notifier;
    expect(queue).toMatchObject({ batchSize: 10, visibilityTimeoutMs: 6 * spec.timeoutMs });
    expect(spec.handler).toBe("src/notifier.handler");
  });
});
