import type { ProcessorWiring } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { createFunction } from "./functions.ts";
import type { StreamerFunction } from "./functions.ts";
import { componentName, physicalName } from "./names.ts";
import { processorPermissions } from "./permissions.ts";
import type { ProcessorResources } from "./permissions.ts";
import { allowRule, createQueue } from "./queue.ts";

export interface ProcessorStack {
  readonly wiring: ProcessorWiring;
  readonly rule: aws.cloudwatch.EventRule;
  readonly queue: sst.aws.Queue;
  readonly deadLetters: sst.aws.Queue;
  readonly function: StreamerFunction;
}

export interface ProcessorParts extends Omit<ProcessorResources, "queueArn" | "filesPrefix"> {
  readonly bus: sst.aws.Bus;
  /** Links every processor has. */
  readonly link: readonly unknown[];
}

/** EventBridge's own limits: after these the event goes to the dead letters. */
const TARGET_RETRY = { maximumEventAgeInSeconds: 24 * 60 * 60, maximumRetryAttempts: 185 };

/** One asynchronous action: rule → queue → function, and where it all ends when it fails. */
export function createProcessorStack(context: StackContext, wiring: ProcessorWiring, parts: ProcessorParts): ProcessorStack {
  const { aws, app } = context.platform;
  const { action, queue: queueWiring } = wiring;
  const deadLetters = createQueue(context, queueWiring.deadLetterName);
  const queue = createQueue(context, queueWiring.name, { wiring: queueWiring, deadLetters });

  const rule = new aws.cloudwatch.EventRule(componentName(action, "Rule"), {
    name: physicalName(app, wiring.rule.name, 64),
    description: `Requests of ${action} that wait to be started`,
    eventBusName: parts.bus.name,
    eventPattern: JSON.stringify(wiring.rule.pattern),
  });
  allowRule(context, queueWiring.name, queue, rule);
  allowRule(context, queueWiring.deadLetterName, deadLetters, rule);
  new aws.cloudwatch.EventTarget(componentName(action, "Target"), {
    rule: rule.name,
    eventBusName: parts.bus.name,
    targetId: "queue",
    arn: queue.arn,
    deadLetterConfig: { arn: deadLetters.arn },
    retryPolicy: TARGET_RETRY,
    sqsTarget: { messageGroupId: wiring.rule.messageGroupPath },
  });

  const fn = createFunction(context, wiring.function, {
    description: `Does the work of ${action}`,
    permissions: processorPermissions(context.platform, { ...parts, filesPrefix: wiring.filesPrefix, queueArn: queue.arn }),
    link: parts.link,
    environment: { STREAMER_QUEUE_URL: queue.url },
  });
  new aws.lambda.EventSourceMapping(componentName(action, "Mapping"), {
    eventSourceArn: queue.arn,
    functionName: fn.function.arn,
    batchSize: queueWiring.batchSize,
    functionResponseTypes: ["ReportBatchItemFailures"],
    scalingConfig: { maximumConcurrency: wiring.concurrency },
  });
  return { wiring, rule, queue, deadLetters, function: fn };
}
