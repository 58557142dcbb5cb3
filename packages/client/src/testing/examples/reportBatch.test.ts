import { getBatch, submitBatch } from "../../index.ts";
import type { ActionBatch, BatchRef } from "../../index.ts";
import { createTestServer } from "../index.ts";
import { expect, onTestFinished, test } from "vitest";
import { actions } from "./actions.ts";

const months = Array.from({ length: 12 }, (_, month) => `2024-${String(month + 1).padStart(2, "0")}`);
const inputs = months.map((month) => ({ start_date: `${month}-01`, end_date: `${month}-28` }));

/** What a page shows of a batch. */
function summary({ state, size }: ActionBatch<typeof actions.generateReport>): string {
  const { completed, failed, rejected } = state.counts;
  return `${Math.floor(state.percentage)} %, ${completed} of ${size} done, ${failed + rejected} not`;
}

function startServer() {
  const server = createTestServer({ actions });
  onTestFinished(() => server.close());
  server.on("generate_report", (request) => {
    if (request.payload.start_date.startsWith("2024-02")) request.refuse("VALIDATION_ERROR");
    else if (request.payload.start_date.startsWith("2024-03")) request.fail("TIMEOUT");
    else request.complete({ url: `https://files.test/${request.payload.start_date}.pdf` });
  });
  return server;
}

test("a year of reports, of which one is refused and one fails", async () => {
  const server = startServer();
  const batch = submitBatch(server.client.generateReport, inputs);
  const shown: string[] = [];
  const stop = batch.onChange(() => shown.push(summary(batch)));
  const results = await batch.results(); // in the order of the inputs; never rejects for an item
  stop();
  expect(shown.at(-1)).toBe("100 %, 10 of 12 done, 2 not");
  const urls = results.map((result) => (result.status === "completed" ? result.data.url : result.error.code));
  expect(urls.slice(0, 4)).toEqual([
    "https://files.test/2024-01-01.pdf",
    "VALIDATION_ERROR", // rejected: the server did not take it
    "TIMEOUT", // failed: it was taken, and this is how it ended
    "https://files.test/2024-04-01.pdf",
  ]);
});

test("a page that is loaded again goes on with the batch", async () => {
  const server = startServer();
  const batch = submitBatch(server.client.generateReport, inputs);
  const saved = JSON.stringify(batch.ref); // known at once: save it before anything else
  await batch.accepted(); // each item was taken or rejected
  await server.client.$client.close();

  const { generateReport } = server.connectClient();
  const again = getBatch(generateReport, JSON.parse(saved) as BatchRef);
  await again.accepted();
  const lost = again.items.filter((item) => item.status === "rejected" && item.error.code === "NOT_FOUND");
  expect(lost.map(({ n }) => n)).toEqual([1]); // the server does not have it: it was refused, or never arrived
  submitBatch(generateReport, inputs, { id: again.id }); // sends these alone; both handles show the batch
  await again.results();
  expect(again.state.counts).toMatchObject({ completed: 10, failed: 1, rejected: 1 });
});

test("one item as a request of its own, with all its updates", async () => {
  const server = startServer();
  const batch = submitBatch(server.client.generateReport, inputs);
  await batch.results();
  const report = batch.item(0).handle();
  expect(report.id).toBe(`${batch.id}.0`);
  expect(await report.result()).toEqual({ url: "https://files.test/2024-01-01.pdf" });
});
