import { createFakeClock, createTestClient, createTestServer, createTestToken } from "../index.ts";
import { expect, onTestFinished, test } from "vitest";
import { actions } from "./actions.ts";

const january = { start_date: "2024-01-01", end_date: "2024-01-31" };

function startServer() {
  const server = createTestServer({ actions });
  onTestFinished(() => server.close());
  return server;
}

test("a report is shown while it is made", async () => {
  const server = startServer();
  server.on("generate_report", async (request) => {
    request.acknowledge();
    request.progress(50, "Half of it");
    request.emit("first page");
    request.complete({ url: `https://files.test/${request.payload.start_date}.pdf` });
  });
  const report = server.client.generateReport.submit(january);
  const seen: string[] = [];
  for await (const update of report.updates()) seen.push(update.type);
  expect(seen).toEqual(["progress", "chunk"]);
  expect(await report.result()).toEqual({ url: "https://files.test/2024-01-01.pdf" });
});

test("a connection that breaks in the middle costs no update", async () => {
  const server = startServer();
  const reports = server.on("generate_report"); // no script: the test itself plays the worker
  const report = server.client.generateReport.submit(january);
  const request = await reports.next();
  request.acknowledge();
  request.progress(10, "before");
  server.dropConnections();
  request.progress(20, "meanwhile");
  request.complete({ url: "u" });
  await report.result();
  const percentages: number[] = [];
  for await (const update of report.updates()) if (update.type === "progress") percentages.push(update.percentage);
  expect(percentages).toEqual([10, 20]);
});

test("what the network does to messages is healed", async () => {
  const server = startServer();
  const reports = server.on("generate_report");
  let count = 0;
  server.intercept((message) => (message.type === "progress" ? (["lose", "twice", "later"] as const)[count++ % 3] : undefined));
  const report = server.client.generateReport.submit(january);
  const request = await reports.next();
  request.acknowledge();
  for (const percentage of [20, 40, 60, 80]) request.progress(percentage, "…");
  request.complete({ url: "u" });
  await report.result();
  let updates = 0;
  for await (const update of report.updates()) updates += update.type === "progress" ? 1 : 0;
  expect(updates).toBe(4);
});

test("an error has a code to switch on", async () => {
  const server = startServer();
  server.on("generate_report", (request) => request.fail("TIMEOUT"));
  await expect(server.client.generateReport.submit(january).result()).rejects.toMatchObject({ code: "TIMEOUT" });
});

test("a slow answer takes no time in the test", async () => {
  const clock = createFakeClock();
  const server = createTestServer({ actions, clock, latencyMs: 2_000 });
  onTestFinished(() => server.close());
  server.on("generate_report", (request) => request.complete({ url: "u" }));
  const report = server.client.generateReport.submit(january);
  await clock.advance(2_000); // the upgrade
  await clock.advance(4_000); // there and back
  expect(report.status).toBe("completed");
});

test("frame by frame, for what is below the SDK", async () => {
  const server = startServer();
  server.on("generate_report", (request) => request.complete({ url: "u" }));
  const wire = createTestClient({ url: server.url, WebSocket: server.WebSocket });
  await wire.connect(createTestToken({ sub: "ada", tenant_id: "acme" }));
  const id = wire.sendRequest("generate_report", january);
  const end = await wire.waitForCompletion(id, 30_000);
  expect(end).toMatchObject({ type: "complete", request_id: id, result: { data: { url: "u" } } });
  await wire.close();
});
