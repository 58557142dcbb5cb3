import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";

/** What a processor does with a message of its queue beside taking it. */
export interface MessageQueue {
  /** Hides a received message for so long; then it is delivered again. At most 12 hours. */
  postpone(receiptHandle: string, delayMs: number): Promise<void>;
}

/** SQS's longest visibility timeout. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
const MAX_VISIBILITY_SECONDS = 12 * 60 * 60;

export function createMessageQueue(queueUrl: string): MessageQueue {
  let client: SQSClient | undefined;
  return {
    async postpone(receiptHandle, delayMs) {
      // Made at first use: most invocations never postpone, and need not pay for the client.
      client ??= new SQSClient({});
      const VisibilityTimeout = Math.min(MAX_VISIBILITY_SECONDS, Math.ceil(delayMs / 1000));
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }));
    },
  };
}
