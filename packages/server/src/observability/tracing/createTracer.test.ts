import { expect, test } from "vitest";
import { createRecordedLogger } from "../../testing/recordedLogger.ts";
import { createTracer } from "./createTracer.ts";
import type { SdkClient } from "./sdkClient.ts";
import { noTracer } from "./tracer.ts";
import type { Tracer } from "./tracer.ts";

const ON = { POWERTOOLS_TRACE_ENABLED: "true" };
const client = (): SdkClient => ({ middlewareStack: { add: () => {} }, config: { region: async () => "us-east-1" } });

/** A tracer that notes what it is asked for, and when it may be had. */
function recorded() {
  const captured: SdkClient[] = [];
  const steps: string[] = [];
  const ready = Promise.withResolvers<Tracer>();
  const tracer: Tracer = {
    segment: (name, run) => {
      steps.push(`${name} with ${captured.length} clients`);
      return noTracer.segment(name, run);
    },
    captureClient: (one) => {
      captured.push(one);
      return one;
    },
  };
  let loads = 0;
  const load = () => {
    loads += 1;
    return ready.promise;
  };
  return { captured, steps, load, loads: () => loads, arrive: () => ready.resolve(tracer), fail: (error: Error) => ready.reject(error) };
}

test.each([[undefined], ["false"], ["1"], [""]])(
  "tracing is off, and nothing is loaded, where POWERTOOLS_TRACE_ENABLED is %s",
  async (value) => {
    const { load, loads } = recorded();
    const { logger } = createRecordedLogger();
    const tracer = createTracer({ env: value === undefined ? {} : { POWERTOOLS_TRACE_ENABLED: value }, logger, load });
    expect(await tracer.segment("connect", async () => 7)).toBe(7);
    expect(loads()).toBe(0);
  },
);

test("clients that were made before the tracer is there are captured before the first step", async () => {
  const { captured, steps, load, arrive } = recorded();
  const tracer = createTracer({ env: ON, logger: createRecordedLogger().logger, load });
  const [early, late] = [client(), client()];
  expect(tracer.captureClient(early)).toBe(early);
  const step = tracer.segment("connect", async () => "done");
  expect(captured).toEqual([]);
  arrive();
  expect(await step).toBe("done");
  expect(tracer.captureClient(late)).toBe(late);
  expect(captured).toEqual([early, late]);
  expect(steps).toEqual(["connect with 1 clients"]);
});

test("a tracer that cannot be loaded is a line in the log, and the function works", async () => {
  const { load, fail } = recorded();
  const log = createRecordedLogger();
  const tracer = createTracer({ env: ON, logger: log.logger, load });
  fail(new Error("not there"));
  expect(await tracer.segment("connect", async () => "done")).toBe("done");
  expect(await tracer.segment("connect", async () => "again")).toBe("again");
  expect(log.entries()).toMatchObject([{ level: "WARN", error: { message: "not there" } }]);
});

test("what a step throws comes through", async () => {
  const { load, arrive } = recorded();
  const tracer = createTracer({ env: ON, logger: createRecordedLogger().logger, load });
  arrive();
  await expect(tracer.segment("claim", () => Promise.reject(new RangeError("x")))).rejects.toThrow(RangeError);
  await expect(noTracer.segment("claim", () => Promise.reject(new RangeError("x")))).rejects.toThrow(RangeError);
});
