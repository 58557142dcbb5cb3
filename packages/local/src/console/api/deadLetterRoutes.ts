import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { createRequestStore, createUpdateStore } from "@streamer/server";
import { createRequestAdmin } from "../../cli/requests/requestAdmin.ts";
import { createWatchers } from "../../cli/requests/watchers.ts";
import type { DeadLetters } from "../contract.ts";
import type { Route } from "../http/routes.ts";
import type { ConsoleParts } from "./consoleParts.ts";
import { toRow, withoutAbsent } from "./requestRow.ts";

/** Failed requests that are shown, and that one click redrives. */
const MAX_DEAD_LETTERS = 1_000;

/** What failed for good, and starting it again. */
export function deadLetterRoutes(parts: ConsoleParts): readonly Route[] {
  const { table, managementApi, sqs, pipeDeadLetters, clock } = parts;
  const requests = createRequestStore(table, clock);
  const updates = createUpdateStore(table);
  const admin = () => createRequestAdmin({ requests, updates, tell: createWatchers({ table, managementApi }).tell });
  const failed = async () => (await admin().list({ status: "failed", limit: MAX_DEAD_LETTERS })).requests;
  /** A reload may bring more. */
  const queuesNow = (): readonly string[] => [...parts.wiring.processors, parts.wiring.notifier].map(({ queue }) => queue.deadLetterName);
  return [
    {
      method: "GET",
      path: "dead-letters",
      async run(): Promise<DeadLetters> {
        const queues = queuesNow();
        const [found, counts] = await Promise.all([failed(), Promise.all(queues.map((queue) => countOf(queue, sqs)))]);
        return {
          requests: found.map((request) => withoutAbsent({ ...toRow(request), failureReason: request.failureReason })),
          queues: queues.map((queue, index) => ({ queue, messages: counts[index] ?? 0 })),
          pipe: pipeDeadLetters(),
        };
      },
    },
    {
      method: "POST",
      path: "dead-letters/redrive",
      async run(): Promise<{ readonly redriven: number }> {
        const actions = new Set((await failed()).map(({ action }) => action));
        let redriven = 0;
        for (const action of actions) {
          const { changes } = await admin().redriveAll({ action, limit: MAX_DEAD_LETTERS, dryRun: false });
          redriven += changes.filter(({ outcome }) => outcome === "redriven").length;
        }
        return { redriven };
      },
    },
  ];
}

async function countOf(queue: string, sqs: SQSClient): Promise<number> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] });
  return Number((await sqs.send(command)).Attributes?.["ApproximateNumberOfMessages"] ?? 0);
}
