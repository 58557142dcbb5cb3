import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetQueueAttributesCommand, ListQueuesCommand } from "@aws-sdk/client-sqs";
import type { QueueStatus } from "../../../stack/status.ts";
import { fail, ok } from "../finding.ts";
import type { Check } from "../finding.ts";
import { counted } from "../shared/inWords.ts";
import { queueFindings } from "../shared/queueFindings.ts";
import type { LocalTarget } from "./localTarget.ts";
import { RESTART } from "./machineChecks.ts";

/** An event that no rule picks: whether the bus takes one is all there is to know. */
const PROBE_EVENT = { Source: "streamer.doctor", DetailType: "streamer.doctor", Detail: "{}" };

export function localBusCheck({ events, status }: LocalTarget): Check {
  return {
    name: "bus",
    advice: RESTART,
    runbook: "pipe",
    async run(signal) {
      const { FailedEntryCount: failed } = await events.send(new PutEventsCommand({ Entries: [PROBE_EVENT] }), { abortSignal: signal });
      if (failed !== 0) return fail("bus", "it does not take an event", RESTART, "pipe");
      const rules = await status().then(
        ({ queues }) => `, ${counted(queues.length, "rule")}`,
        () => "",
      );
      return ok("bus", `takes events${rules}`);
    },
  };
}

const QUEUE_ADVICE = {
  notTaken: RESTART,
  deadLetters:
    "streamer requests list --dead-letters shows the requests; mend the cause, then streamer requests redrive --action <name>. The messages themselves only point at them.",
};

/** Every queue that has dead letters of its own, with them. */
export function localQueuesCheck({ sqs, stack, status }: LocalTarget): Check {
  return {
    name: "queues",
    advice: RESTART,
    runbook: "backlog",
    async run(signal) {
      const { QueueUrls: urls = [] } = await sqs.send(new ListQueuesCommand({}), { abortSignal: signal });
      const byName = new Map(urls.map((url) => [new URL(url).pathname.split("/").at(-1) ?? "", url]));
      const known = await status().then(
        ({ queues }) => queues,
        () => undefined,
      );
      const pairs = known ?? guessPairs([...byName.keys()]);
      const read = async (name: string): Promise<Partial<Record<string, string>> | undefined> => {
        const url = byName.get(name);
        if (url === undefined) return undefined;
        const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] });
        return (await sqs.send(command, { abortSignal: signal })).Attributes;
      };
      const rows = await Promise.all(
        pairs.map(async (pair) => {
          const { name, deadLetterName } = pair;
          const [attributes, deadLetters, oldestAgeMs] = await Promise.all([
            read(name),
            read(deadLetterName),
            ageOfOldest(stack.sqsEndpoint, name, signal),
          ]);
          if (attributes === undefined) return [fail(`queue ${name}`, "there is no such queue", RESTART, "backlog")];
          const visibility = Number(attributes["VisibilityTimeout"] ?? Number.NaN) * 1_000;
          return queueFindings(
            {
              name,
              waiting: Number(attributes["ApproximateNumberOfMessages"] ?? 0),
              inFlight: Number(attributes["ApproximateNumberOfMessagesNotVisible"] ?? 0),
              oldestAgeMs,
              visibilityTimeoutMs: Number.isNaN(visibility) ? undefined : visibility,
              functionName: pair.function,
              functionTimeoutMs: pair.functionTimeoutMs,
              taken: pair.running,
              deadLetters: deadLetters === undefined ? undefined : Number(deadLetters["ApproximateNumberOfMessages"] ?? 0),
            },
            QUEUE_ADVICE,
          );
        }),
      );
      return rows.flat();
    },
  };
}

type QueuePair = Pick<QueueStatus, "name" | "deadLetterName"> & Partial<QueueStatus>;

const DEAD_LETTERS = "_dead_letters";

/** By the names that the wiring gives: for when the stack does not tell. */
function guessPairs(names: readonly string[]): readonly QueuePair[] {
  return names
    .filter((name) => names.includes(`${name}${DEAD_LETTERS}`))
    .map((name) => ({ name, deadLetterName: `${name}${DEAD_LETTERS}` }));
}

/** SQS itself does not tell; the engine on this machine does. `undefined` for another. */
async function ageOfOldest(sqsEndpoint: string, queue: string, signal: AbortSignal): Promise<number | undefined> {
  const response = await fetch(new URL(`/_fauxqs/queues/${queue}`, sqsEndpoint), { signal });
  if (!response.ok) {
    await response.body?.cancel();
    return undefined;
  }
  const { messages } = (await response.json()) as { messages?: { ready?: readonly { sentTimestamp?: number }[] } };
  const sent = (messages?.ready ?? []).flatMap(({ sentTimestamp }) => sentTimestamp ?? []);
  return sent.length === 0 ? 0 : Math.max(0, Date.now() - Math.min(...sent));
}
