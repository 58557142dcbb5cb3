import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { CaptureClient } from "../observability/tracing/sdkClient.ts";
import type { MessageQueue } from "./messageQueue.ts";

/** SQS's longest visibility timeout. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
const MAX_VISIBILITY_SECONDS = 12 * 60 * 60;

export function createSqsMessageQueue(queueUrl: string, captureClient?: CaptureClient): MessageQueue {
  const client = new SQSClient({});
  captureClient?.(client);
  return {
    async postpone(receiptHandle, delayMs) {
      const VisibilityTimeout = Math.min(MAX_VISIBILITY_SECONDS, Math.ceil(delayMs / 1000));
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }));
    },
  };
}
