import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createMessageQueue } from "./messageQueue.ts";

let server: Server;
const asked: unknown[] = [];
beforeEach(async () => {
  asked.length = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push({ target: request.headers["x-amz-target"], ...(JSON.parse(Buffer.concat(chunks).toString()) as object) });
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

it.each([
  ["in whole seconds, never too early", 1_001, 2],
  ["not at all when there is nothing to wait for", 0, 0],
  ["for at most the twelve hours that SQS allows", 13 * 3_600_000, 43_200],
])("a message is hidden %s", async (_, delayMs, VisibilityTimeout) => {
  const QueueUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/000000000000/make_report`;
  await createMessageQueue(QueueUrl).postpone("receipt-1", delayMs);
  expect(asked).toEqual([{ target: "AmazonSQS.ChangeMessageVisibility", QueueUrl, ReceiptHandle: "receipt-1", VisibilityTimeout }]);
});
