import type { ProcessorWiring } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { processorPermissions } from "./permissions.ts";
import type { ProcessorResources } from "./permissions.ts";
import { createQueued } from "./queued.ts";
import type { QueuedStack } from "./queued.ts";

export interface ProcessorStack extends QueuedStack {
  readonly wiring: ProcessorWiring;
}

export interface ProcessorParts extends Omit<ProcessorResources, "queueArn" | "filesPrefix" | "busArn"> {
  readonly bus: sst.aws.Bus;
  /** Links every processor has. */
  readonly link: readonly unknown[];
}

/** One asynchronous action. */
export function createProcessorStack(context: StackContext, wiring: ProcessorWiring, parts: ProcessorParts): ProcessorStack {
  const { action, filesPrefix } = wiring;
  const queued = createQueued(context, action, wiring, {
    bus: parts.bus,
    ruleDescription: `Requests of ${action} that wait to be started`,
    needs: (queue) => ({
      description: `Does the work of ${action}`,
      permissions: processorPermissions(context.platform, { ...parts, busArn: parts.bus.arn, filesPrefix, queueArn: queue.arn }),
      link: parts.link,
      environment: { STREAMER_QUEUE_URL: queue.url },
    }),
  });
  return { ...queued, wiring };
}
