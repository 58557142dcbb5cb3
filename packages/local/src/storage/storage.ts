import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BucketAlreadyOwnedByYou, CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { QueueAttributeName } from "@aws-sdk/client-sqs";
import type { QueueWiring } from "@streamer/server";
import { buildApp } from "fauxqs";
import { allowLocalPages } from "./cors.ts";
import { loadStores } from "./stores.ts";

export interface StorageOptions {
  /** Folder of the data; made when missing. Objects are files in `objects`; queues are in memory and gone at the end. */
  readonly dataDir: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Region of the queues' ARNs. Default: us-east-1. */
  readonly region?: string;
}

export interface CreatedQueue {
  readonly url: string;
  readonly arn: string;
  readonly deadLetterUrl: string;
}

/** SQS and S3 on this machine. */
export interface Storage {
  /** For the SDK's `endpoint`. The same address serves both. */
  readonly sqsEndpoint: string;
  /** For the SDK's `endpoint`. It is an address, so the SDK uses path-style URLs by itself, also in presigned ones. */
  readonly s3Endpoint: string;
  /** Makes the queue and its dead letters, unless they are there. @throws when one of the name has other settings. */
  createQueue(queue: QueueWiring): Promise<CreatedQueue>;
  /** Makes the bucket, unless it is there. */
  createBucket(name: string): Promise<void>;
  /** Ends waiting receives and open connections, and resolves when nothing is served. */
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };
/** SQS's longest. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const RETENTION_SECONDS = 14 * 24 * 60 * 60;

/**
 * Starts fauxqs on the loopback interface.
 *
 * An object, or a part of a multipart upload, may have up to 11 MiB (AWS: 5 GiB). Signatures and expiry of presigned URLs are not checked.
 */
export async function startStorage(options: StorageOptions): Promise<Storage> {
  const { dataDir, port = 0, region = "us-east-1" } = options;
  const objectsDir = join(dataDir, "objects");
  await mkdir(objectsDir, { recursive: true });
  const app = buildApp({ logger: false, stores: await loadStores(objectsDir) });
  allowLocalPages(app);
  const endpoint = await app.listen({ host: HOST, port });
  const sqs = new SQSClient({ endpoint, region, credentials: CREDENTIALS });
  const s3 = new S3Client({ endpoint, region, credentials: CREDENTIALS });

  const create = async (name: string, attributes: Partial<Record<QueueAttributeName, string>>): Promise<{ url: string; arn: string }> => {
    const { QueueUrl: url } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    const { Attributes: created } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }));
    if (url === undefined || created?.QueueArn === undefined) throw new Error(`The local SQS did not create the queue "${name}".`);
    return { url, arn: created.QueueArn };
  };

  return {
    sqsEndpoint: endpoint,
    s3Endpoint: endpoint,
    async createQueue(queue) {
      const deadLetters = await create(queue.deadLetterName, { MessageRetentionPeriod: String(RETENTION_SECONDS) });
      const redrive = { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: queue.maxReceiveCount };
      const { url, arn } = await create(queue.name, {
        VisibilityTimeout: String(Math.ceil(queue.visibilityTimeoutMs / 1000)),
        RedrivePolicy: JSON.stringify(redrive),
      });
      return { url, arn, deadLetterUrl: deadLetters.url };
    },
    async createBucket(name) {
      try {
        await s3.send(new CreateBucketCommand({ Bucket: name }));
      } catch (error) {
        if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
      }
    },
    async stop() {
      sqs.destroy();
      s3.destroy();
      await app.close();
    },
  };
}
