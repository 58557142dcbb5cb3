import { createClient, StreamerClient } from "@streamer/client";
import type { App } from "@streamer/functions/actions";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestStack } from "../support/localStack.ts";
import type { TestStack } from "../support/localStack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

it("the typed client submits, follows, and gets the result", async () => {
  const api = createClient<App>({ url: stack.websocketUrl, token: () => stack.token() });
  expect(await api.echo.submit({ message: "Hello, Streamer!" }).result()).toEqual({ message: "Hello, Streamer!" });
  const report = api.generateReport.submit({ start_date: "2024-01-01", end_date: "2024-01-31" });
  const percentages: number[] = [];
  for await (const update of report.updates()) if (update.type === "progress") percentages.push(update.percentage);
  expect(percentages.length).toBeGreaterThanOrEqual(4);
  expect(percentages.at(-1)).toBe(100);
  const result = await report.result();
  expect(result.size).toBeGreaterThan(0);
  await api.$client.close();
});

it("the untyped client is told by code what is wrong with a payload", async () => {
  const client = new StreamerClient(stack.websocketUrl, { token: () => stack.token() });
  const handle = client.submit("generate_report", { start_date: "2024-02-31", end_date: "2024-03-01" });
  await expect(handle.result()).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  await client.close();
});

it("a report goes on while its client's socket is cut, and the handle sees all of it", async () => {
  const sockets: WebSocket[] = [];
  class RecordedSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  const client = new StreamerClient(stack.websocketUrl, { token: () => stack.token(), WebSocket: RecordedSocket });
  const handle = client.submit("generate_report", { start_date: "2024-01-01", end_date: "2024-06-30" });
  const sequences: number[] = [];
  for await (const update of handle.updates()) {
    if (sequences.length === 0) sockets[0]?.close();
    sequences.push(update.sequence);
  }
  expect(sequences).toEqual(sequences.map((_, index) => 1_000_001 + index));
  expect(await handle.result()).toMatchObject({ records: expect.any(Number) });
  expect(sockets.length).toBe(2);
  await client.close();
});
