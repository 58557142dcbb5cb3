import type { QueueWiring } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { componentName } from "./names.ts";

/** SQS's longest. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const RETENTION_SECONDS = 14 * 24 * 60 * 60;

/** A queue that keeps its messages as long as SQS can, encrypted. With `wiring`, it hands what is received too often to `deadLetters`. */
export function createQueue(
  { platform }: StackContext,
  name: string,
  work?: { readonly wiring: QueueWiring; readonly deadLetters: sst.aws.Queue },
): sst.aws.Queue {
  return new platform.sst.aws.Queue(componentName(name, "Queue"), {
    ...(work === undefined
      ? {}
      : {
          visibilityTimeout: `${work.wiring.visibilityTimeoutMs / 1_000} seconds`,
          dlq: { queue: work.deadLetters.arn, retry: work.wiring.maxReceiveCount },
        }),
    transform: { queue: { messageRetentionSeconds: RETENTION_SECONDS, sqsManagedSseEnabled: true } },
  });
}

/** Lets the bus send to a queue, for one rule only: SST's own policy lets any rule, topic and bucket of any account. */
export function allowRule({ platform }: StackContext, name: string, queue: sst.aws.Queue, rule: aws.cloudwatch.EventRule): void {
  const { aws } = platform;
  new aws.sqs.QueuePolicy(componentName(name, "QueuePolicy"), {
    queueUrl: queue.url,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          actions: ["sqs:SendMessage"],
          resources: [queue.arn],
          principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
          conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: [rule.arn] }],
        },
      ],
    }).json,
  });
}
