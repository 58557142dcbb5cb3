import type { CaptureClient } from "../observability/tracing/sdkClient.ts";

/** What a processor does with a message of its queue beside taking it. */
export interface MessageQueue {
  /** Hides a received message for so long; then it is delivered again. At most 12 hours. */
  postpone(receiptHandle: string, delayMs: number): Promise<void>;
}

/** The queue by the AWS SDK, whose client is loaded at first use: most invocations never postpone, and need not pay for it. */
export function createMessageQueue(queueUrl: string, captureClient?: CaptureClient): MessageQueue {
  let loading: Promise<MessageQueue> | undefined;
  const queue = (): Promise<MessageQueue> =>
    (loading ??= import("./sqsMessageQueue.ts").then(({ createSqsMessageQueue }) => createSqsMessageQueue(queueUrl, captureClient)));
  return { postpone: async (receiptHandle, delayMs) => (await queue()).postpone(receiptHandle, delayMs) };
}
