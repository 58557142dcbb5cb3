import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createTestServer } from "../testing/index.ts";
import type { TestRequest } from "../testing/index.ts";
import { createQueue } from "../testing/server/queue.ts";
import { actions } from "../testing/server/sampleServer.ts";
import { whenBatch } from "../testing/setup.ts";
import { submitBatch } from "./submitBatch.ts";

const SIZE = 230;
const inputs = Array.from({ length: SIZE }, (_, pages) => ({ pages }));

/** What happens while a batch runs. A number is an item that gets on. */
const event = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: SIZE - 1 }) },
  { weight: 4, arbitrary: fc.constant("turn" as const) },
  { weight: 4, arbitrary: fc.constantFrom("drop", "gateway", "limit", "fail", "retry", "twice", "later" as const) },
);

/** Lets what was sent arrive. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test("whatever happens on the way, each item runs once, ends as the server says, and the bar never falls", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 120 }), async (events) => {
      const server = createTestServer({ actions });
      const requests = new Map<string, TestRequest>();
      const arrivals = createQueue<string>();
      let twice = 0;
      server.on("generate_report", (request) => {
        if (requests.has(request.id)) twice += 1;
        requests.set(request.id, request);
        request.acknowledge();
        arrivals.push(request.id);
      });
      let fate: "deliver" | "twice" | "later" = "deliver";
      server.intercept(() => fate);
      const batch = submitBatch(server.client.generateReport, inputs, { id: "b1" });
      const percentages: number[] = [];
      batch.onChange(() => percentages.push(batch.state.percentage));
      const open = (): TestRequest | undefined =>
        [...requests.values()].find(({ status }) => status === "processing" || status === "pending");

      for (const happening of events) {
        if (happening === "drop") server.dropConnections();
        else if (happening === "gateway") server.failFrames(1);
        else if (happening === "limit") server.limitFrames(1, 0);
        else if (happening === "twice" || happening === "later") fate = happening;
        else if (happening === "fail") open()?.fail("TIMEOUT");
        else if (happening === "retry") open()?.retry();
        else if (happening === "turn") await turn();
        else {
          const request = requests.get(`b1.${happening}`);
          if (request?.status === "pending" || request?.status === "processing" || request?.status === "retrying")
            request.progress(happening % 100, "on");
        }
      }
      fate = "deliver";
      server.limitFrames(0, 0);
      server.failFrames(0);
      // A message that was held back comes with another behind it, and there may be none.
      server.dropConnections();
      for (let arrived = 0; arrived < SIZE; arrived += 1) await arrivals.next();
      for (const [id, request] of requests) if (request.status !== "failed") request.complete({ url: id });
      const results = await batch.results();
      await whenBatch(batch, ({ done }) => done);
      expect(twice).toBe(0);
      expect(results.map(({ status }) => status)).toEqual(inputs.map(({ pages }) => requests.get(`b1.${pages}`)?.status));
      expect(batch.state).toMatchObject({ done: true, percentage: 100, stale: false, counts: { rejected: 0 } });
      expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));
      await server.close();
    }),
    { numRuns: 40, timeout: 5_000 },
  );
}, 60_000);
