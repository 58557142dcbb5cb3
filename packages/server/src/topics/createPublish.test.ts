import { defineAction, defineTopic, MAX_EVENT_DATA_BYTES } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import * as v from "valibot";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import { runProcessor } from "../testing/processor/runProcessor.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { createRecordedPublisher } from "../testing/recordedPublisher.ts";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { news, room } from "../testing/sampleTopics.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createPublish } from "./createPublish.ts";
import type { Publish } from "./createPublish.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

function open() {
  const publisher = createRecordedPublisher();
  const log = createRecordedLogger();
  const work = createPublish({ tenantId: "Ac#me", correlationId: "c1" }, { publisher, clock: createFakeClock(), logger: log.logger });
  return { ...work, publisher, log };
}

describe("publish", () => {
  test("puts the event on the bus, of the work's own tenant", async () => {
    const { publish, publisher } = open();
    await publish(room.at("lobby"), { text: "hello" });
    expect(publisher.details).toEqual([
      {
        kind: "published",
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        tenant_id: "Ac%23me",
        tenant_group: expect.stringMatching(/^[0-9a-f]{8}$/),
        topic: "rooms/lobby",
        correlation_id: "c1",
        data: { text: "hello" },
        timestamp: 1_767_225_600,
      },
    ]);
  });

  test("takes what the schema takes, and sends what it gives", async () => {
    const { publish, publisher } = open();
    const prices = defineTopic("prices", { event: v.pipe(v.number(), v.transform(String)) });
    await publish(prices.at(), 7);
    expect(publisher.details).toMatchObject([{ data: "7" }]);
    expectTypeOf(publish<typeof prices.event>)
      .parameter(1)
      .toEqualTypeOf<number>();
  });

  const anything = defineTopic("anything", { event: v.unknown() });
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  test.each<[string, unknown, object]>([
    ["has no JSON text", undefined, { name: "TerminalError" }],
    ["cannot be written as JSON", circular, { name: "TerminalError" }],
    ["is too large", "x".repeat(MAX_EVENT_DATA_BYTES - 1), { name: "EventTooLargeError", details: { limit_bytes: MAX_EVENT_DATA_BYTES } }],
  ])("rejects what %s, and publishes nothing", async (_, data, error) => {
    const { publish, publisher } = open();
    await expect(publish(anything.at(), data)).rejects.toMatchObject(error);
    expect(publisher.details).toEqual([]);
  });

  test("takes the largest that fits", async () => {
    const { publish, publisher } = open();
    await publish(anything.at(), "x".repeat(MAX_EVENT_DATA_BYTES - 2));
    expect(publisher.details).toHaveLength(1);
  });

  test("rejects what does not fit the schema, and a schema that validates with a promise", async () => {
    const { publish, publisher } = open();
    const later = defineTopic("later", {
      event: v.pipeAsync(
        v.number(),
        v.checkAsync(async () => true),
      ),
    });
    await expect(publish(news.at(), { text: 7 } as never)).rejects.toMatchObject({
      name: "TerminalError",
      cause: expect.any(AggregateError),
    });
    await expect(publish(later.at(), 7)).rejects.toMatchObject({ name: "TerminalError" });
    expect(publisher.details).toEqual([]);
  });

  test("that nobody waited for is waited for by the work; its failure is logged", async () => {
    const { publish, settled, publisher, log } = open();
    void publish(news.at(), { text: "1" });
    await settled();
    expect(publisher.details).toHaveLength(1);
    publisher.fail();
    void publish(news.at(), { text: "2" });
    await settled();
    expect(log.entries("An event was not published.")).toMatchObject([{ topic: "news", error: { name: "PublishFailedError" } }]);
  });
});

const announce = defineAction("announce", { input: v.object({ text: v.string() }), output: v.null(), estimatedDuration: "1 minute" });

describe("in the work of a processor", () => {
  const saying = async ({ input, publish }: { readonly input: { readonly text: string }; readonly publish: Publish }) => {
    await publish(news.at(), input);
    return null;
  };

  test("it is the request's tenant whose subscribers hear it", async () => {
    const harness = createProcessorHarness(table, announce, saying);
    const request = await harness.submit({ text: "done" }, { tenantId: "own" });
    await harness.process(request);
    expect(await harness.stored(request)).toMatchObject({ status: "completed" });
    expect(harness.publisher.details).toMatchObject([
      { topic: "news", tenant_id: "own", correlation_id: request.correlationId, data: { text: "done" } },
    ]);
  });

  test("a bus that does not take it fails the attempt, which is tried again", async () => {
    const harness = createProcessorHarness(table, announce, saying);
    const request = await harness.submit({ text: "done" });
    harness.publisher.fail();
    await harness.process(request);
    expect(await harness.stored(request)).toMatchObject({ status: "retrying" });
  });

  test("what cannot be published ends the request: trying again would be the same", async () => {
    const harness = createProcessorHarness(table, announce, saying);
    const request = await harness.submit({ text: "x".repeat(MAX_EVENT_DATA_BYTES) });
    await harness.process(request);
    expect(await harness.stored(request)).toMatchObject({ status: "failed", error: { code: "PROCESSING_FAILED" } });
  });

  test("runProcessor tells what was published", async () => {
    const work = runProcessor(announce, saying, { input: { text: "hi" } });
    expect(await work.end).toMatchObject({ status: "completed" });
    expect(work.published).toEqual([{ topic: "news", data: { text: "hi" } }]);
  });
});

describe("in a handler", () => {
  const start = () =>
    createRouterHarness(table, {
      actions: sampleActions,
      handlers: {
        echo: async ({ input, publish }) => {
          // Nobody waits for it.
          void publish(news.at(), { text: input.message });
          return "said";
        },
      },
    });
  const echo = { id: "e1", action: "echo", payload: { message: "hi" } };

  test("it is the caller's tenant whose subscribers hear it, before the answer", async () => {
    const { connect, send, publisher, tenantId } = start();
    expect(await send(await connect(), echo)).toMatchObject({ type: "response", success: true });
    expect(publisher.details).toMatchObject([{ topic: "news", tenant_id: tenantId, data: { text: "hi" } }]);
  });

  test("what fails and was not awaited is in the log only", async () => {
    const { connect, send, publisher, log } = start();
    publisher.fail();
    expect(await send(await connect(), echo)).toMatchObject({ type: "response", success: true });
    expect(log.entries("An event was not published.")).toHaveLength(1);
  });
});
