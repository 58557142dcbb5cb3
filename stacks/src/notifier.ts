import type { NotifierWiring } from "@streamer/server/wiring";
import { NOTIFIER } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { notifierPermissions } from "./permissions.ts";
import type { NotifierResources } from "./permissions.ts";
import { createQueued } from "./queued.ts";
import type { QueuedStack } from "./queued.ts";

export interface NotifierStack extends QueuedStack {
  readonly wiring: NotifierWiring;
}

export interface NotifierParts extends Omit<NotifierResources, "queueArn" | "busArn"> {
  readonly bus: sst.aws.Bus;
  readonly link: readonly unknown[];
}

/** What tells the subscribers of topics: of what handlers publish, of who comes and goes, and of the transitions of requests. */
export function createNotifierStack(context: StackContext, parts: NotifierParts): NotifierStack {
  const wiring = context.wiring.notifier;
  const queued = createQueued(context, NOTIFIER, wiring, {
    bus: parts.bus,
    ruleDescription: "What subscribers of topics are told",
    needs: (queue) => ({
      description: "Tells the subscribers of topics",
      permissions: notifierPermissions({ ...parts, busArn: parts.bus.arn, queueArn: queue.arn }),
      link: parts.link,
      environment: {},
    }),
  });
  return { ...queued, wiring };
}
