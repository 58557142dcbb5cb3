import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { BusEvent, RuleTarget } from "../bus/eventBus.ts";

export interface QueueTargetConfig {
  readonly queueUrl: string;
  /**
   * For a FIFO queue, or for fair sharing on a standard one.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
   */
  readonly messageGroupId?: (event: BusEvent) => string;
}

/** A rule's target that sends the event to a queue, as JSON of the whole envelope. Rejects when the queue does not take it: the bus tries again. */
export function createQueueTarget(config: QueueTargetConfig, deps: { readonly sqs: SQSClient }): RuleTarget {
  return async (event) => {
    await deps.sqs.send(
      new SendMessageCommand({
        QueueUrl: config.queueUrl,
        MessageBody: JSON.stringify(event),
        MessageGroupId: config.messageGroupId?.(event),
      }),
    );
  };
}
