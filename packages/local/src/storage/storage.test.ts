import { mkdtemp, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { QueueWiring } from "@streamer/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startStorage } from "./storage.ts";
import type { Storage } from "./storage.ts";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const wiring: QueueWiring = {
  name: "generate_report",
  deadLetterName: "generate_report_dead_letters",
  visibilityTimeoutMs: 659_500,
  maxReceiveCount: 2,
  batchSize: 1,
};

let dataDir: string;
let storage: Storage;
let sqs: SQSClient;
let s3: S3Client;
const connect = async (): Promise<void> => {
  storage = await startStorage({ dataDir });
  sqs = new SQSClient({ endpoint: storage.sqsEndpoint, region: "us-east-1", credentials });
  s3 = new S3Client({ endpoint: storage.s3Endpoint, region: "us-east-1", credentials });
};
const disconnect = async (): Promise<void> => {
  sqs.destroy();
  s3.destroy();
  await storage.stop();
};
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-storage-"));
  await connect();
});
afterEach(async () => {
  await disconnect();
  await rm(dataDir, { recursive: true, force: true });
});

test("only this machine can reach it", async () => {
  const { hostname, port } = new URL(storage.sqsEndpoint);
  expect(hostname).toBe("127.0.0.1");
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal);
  const answers = await Promise.allSettled(others.map(({ address }) => fetch(`http://${address}:${port}/health`)));
  expect(answers.filter(({ status }) => status === "fulfilled")).toEqual([]);
});

describe("queues", () => {
  test("a queue has the wiring's settings and a URL that needs no DNS", async () => {
    const { url, arn, deadLetterUrl } = await storage.createQueue(wiring);
    expect(url).toBe(`${storage.sqsEndpoint}/000000000000/generate_report`);
    expect(deadLetterUrl).toBe(`${storage.sqsEndpoint}/000000000000/generate_report_dead_letters`);
    const { Attributes: attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }));
    expect(attributes).toMatchObject({ QueueArn: arn, VisibilityTimeout: "660" });
    expect(JSON.parse(attributes?.RedrivePolicy ?? "")).toEqual({
      deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:generate_report_dead_letters",
      maxReceiveCount: 2,
    });
  });

  test("making it again gives the same queue with its messages; other settings are refused", async () => {
    const first = await storage.createQueue(wiring);
    await sqs.send(new SendMessageCommand({ QueueUrl: first.url, MessageBody: "kept" }));
    await expect(storage.createQueue(wiring)).resolves.toEqual(first);
    const { Messages: messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: first.url }));
    expect(messages?.map((message) => message.Body)).toEqual(["kept"]);
    await expect(storage.createQueue({ ...wiring, visibilityTimeoutMs: 1_000 })).rejects.toMatchObject({
      name: expect.stringContaining("QueueNameExists"),
    });
  });

  test("a message that is never deleted goes to the dead letters after its receives", async () => {
    const { url, deadLetterUrl } = await storage.createQueue(wiring);
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "poison" }));
    for (const receive of ["1", "2"]) {
      const { Messages: messages } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 0, MessageSystemAttributeNames: ["ApproximateReceiveCount"] }),
      );
      expect(messages?.[0]?.Attributes?.ApproximateReceiveCount).toBe(receive);
    }
    await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl: url }))).resolves.not.toHaveProperty("Messages");
    const { Messages: dead } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetterUrl }));
    expect(dead?.[0]).toMatchObject({ Body: "poison" });
    await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterUrl, ReceiptHandle: dead?.[0]?.ReceiptHandle }));
  });

  test("stop ends a receive that waits", async () => {
    const { url } = await storage.createQueue(wiring);
    const receiving = sqs.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 })).then(
      () => "ended",
      () => "ended",
    );
    await storage.stop();
    await expect(receiving).resolves.toBe("ended");
  });
});

describe("objects", () => {
  const object = { Bucket: "results", Key: "acme/report 1.pdf" };

  test("an object survives a restart, and its bucket may be made again", async () => {
    await storage.createBucket("results");
    await s3.send(new PutObjectCommand({ ...object, Body: "the report", ContentType: "application/pdf" }));
    await disconnect();
    await connect();
    await storage.createBucket("results");
    await storage.createBucket("results");
    const { Body: body, ContentType: type } = await s3.send(new GetObjectCommand(object));
    await expect(body?.transformToString()).resolves.toBe("the report");
    expect(type).toBe("application/pdf");
    const { Buckets: buckets } = await s3.send(new ListBucketsCommand({}));
    expect(buckets?.map((bucket) => bucket.Name)).toEqual(["results"]);
  });
});
