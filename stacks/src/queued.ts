import type { FunctionSpec, QueueWiring, RuleWiring } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { createFunction } from "./functions.ts";
import type { FunctionNeeds, StreamerFunction } from "./functions.ts";
import { componentName, physicalName } from "./names.ts";
import { allowRule, createQueue } from "./queue.ts";
import type { Output } from "./platform.ts";

/** The part of a wiring that a queue feeds. */
export interface QueuedWiring {
  readonly rule: RuleWiring;
  readonly queue: QueueWiring;
  readonly function: FunctionSpec;
  readonly concurrency: number;
}

/** Rule → queue → function, and where it all ends when it fails. */
export interface QueuedStack {
  readonly rule: aws.cloudwatch.EventRule;
  readonly queue: sst.aws.Queue;
  readonly deadLetters: sst.aws.Queue;
  readonly function: StreamerFunction;
}

export interface QueuedParts {
  readonly bus: sst.aws.Bus;
  /** Which events the rule picks. */
  readonly ruleDescription: string;
  /** What the function needs, when its queue is known. */
  readonly needs: (queue: { readonly arn: Output<string>; readonly url: Output<string> }) => FunctionNeeds;
}

/** EventBridge's own limits: after these the event goes to the dead letters. */
const TARGET_RETRY = { maximumEventAgeInSeconds: 24 * 60 * 60, maximumRetryAttempts: 185 };

/**
 * A function that a rule on the bus feeds by a queue. Without a batching window: an invocation takes what there is, and nothing waits for more.
 *
 * @param name in snake_case; the parts are called after it.
 */
export function createQueued(context: StackContext, name: string, wiring: QueuedWiring, parts: QueuedParts): QueuedStack {
  const { aws, app } = context.platform;
  const deadLetters = createQueue(context, wiring.queue.deadLetterName);
  const queue = createQueue(context, wiring.queue.name, { wiring: wiring.queue, deadLetters });

  const rule = new aws.cloudwatch.EventRule(componentName(name, "Rule"), {
    name: physicalName(app, wiring.rule.name, 64),
    description: parts.ruleDescription,
    eventBusName: parts.bus.name,
    eventPattern: JSON.stringify(wiring.rule.pattern),
  });
  allowRule(context, wiring.queue.name, queue, rule);
  allowRule(context, wiring.queue.deadLetterName, deadLetters, rule);
  new aws.cloudwatch.EventTarget(componentName(name, "Target"), {
    rule: rule.name,
    eventBusName: parts.bus.name,
    targetId: "queue",
    arn: queue.arn,
    deadLetterConfig: { arn: deadLetters.arn },
    retryPolicy: TARGET_RETRY,
    sqsTarget: { messageGroupId: wiring.rule.messageGroupPath },
  });

  const fn = createFunction(context, wiring.function, parts.needs(queue));
  new aws.lambda.EventSourceMapping(componentName(name, "Mapping"), {
    eventSourceArn: queue.arn,
    functionName: fn.function.arn,
    batchSize: wiring.queue.batchSize,
    functionResponseTypes: ["ReportBatchItemFailures"],
    scalingConfig: { maximumConcurrency: wiring.concurrency },
  });
  return { rule, queue, deadLetters, function: fn };
}
