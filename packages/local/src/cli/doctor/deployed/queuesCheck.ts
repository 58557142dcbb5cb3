import { GetFunctionConfigurationCommand, ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import type { EventSourceMappingConfiguration, FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { Clock } from "@streamer/protocol";
import { NotCheckableError } from "../finding.ts";
import type { Check, Finding } from "../finding.ts";
import { queueFindings } from "../shared/queueFindings.ts";
import type { DeployedTarget } from "./deployedTarget.ts";
import { attributesOf, CREDENTIALS, DEPLOY_AGAIN } from "./flowChecks.ts";
import type { FoundRule } from "./flowChecks.ts";
import { nameOfArn } from "./names.ts";
import { recentMetrics } from "./recentMetrics.ts";
import type { WantedMetric } from "./recentMetrics.ts";

const QUEUE_ADVICE = {
  notTaken: `The mapping from the queue to its function is off. ${DEPLOY_AGAIN}`,
  deadLetters:
    "streamer requests list --dead-letters shows the requests; mend the cause, then streamer requests redrive --action <name>. The messages themselves only point at them.",
};
const AGE_BACK_MS = 10 * 60_000;

/** Every queue that a rule feeds, its dead letters, and that the mapping to its function is on. */
export function deployedQueuesCheck(target: DeployedTarget, rules: () => Promise<readonly FoundRule[]>, clock: Clock): Check {
  return {
    name: "queues",
    advice: CREDENTIALS,
    runbook: "backlog",
    timeoutMs: 20_000,
    async run(signal) {
      const found = await rules().catch((cause: unknown) => {
        throw new NotCheckableError("the queues are found by the rules on the bus: see its row", { cause });
      });
      const queues = found.flatMap(({ queueArn, deadLetterArn }) => (queueArn === undefined ? [] : [{ queueArn, deadLetterArn }]));
      const ages = await recentMetrics(
        target.cloudwatch,
        queues.map(({ queueArn }) => ageOf(nameOfArn(queueArn))),
        { clock, backMs: AGE_BACK_MS, signal },
        // The counts are worth telling without the ages.
      ).catch(() => []);
      const rows = await Promise.all(queues.map((queue, index) => ofQueue(target, queue, ages[index], signal)));
      return rows.flat();
    },
  };
}

async function ofQueue(
  target: DeployedTarget,
  { queueArn, deadLetterArn }: { readonly queueArn: string; readonly deadLetterArn: string | undefined },
  ageSeconds: number | undefined,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const [attributes, deadLetters, mapping] = await Promise.all([
    attributesOf(target, queueArn, signal),
    deadLetterArn === undefined ? undefined : attributesOf(target, deadLetterArn, signal),
    mappingOf(target, queueArn, signal),
  ]);
  const fn = mapping?.FunctionArn === undefined ? undefined : await configurationOf(target, mapping.FunctionArn, signal);
  const state = mapping?.State;
  return queueFindings(
    {
      name: nameOfArn(queueArn),
      waiting: Number(attributes["ApproximateNumberOfMessages"] ?? 0),
      inFlight: Number(attributes["ApproximateNumberOfMessagesNotVisible"] ?? 0),
      oldestAgeMs: ageSeconds === undefined ? undefined : ageSeconds * 1_000,
      visibilityTimeoutMs: Number(attributes["VisibilityTimeout"] ?? 0) * 1_000,
      functionName: fn?.FunctionName,
      functionTimeoutMs: fn?.Timeout === undefined ? undefined : fn.Timeout * 1_000,
      taken: state !== undefined && !["Disabled", "Disabling", "Deleting"].includes(state),
      notTakenBecause: mapping === undefined ? "no function is mapped to it" : `the mapping is ${state ?? "unknown"}`,
      deadLetters: deadLetters === undefined ? undefined : Number(deadLetters["ApproximateNumberOfMessages"] ?? 0),
    },
    QUEUE_ADVICE,
  );
}

function ageOf(queueName: string): WantedMetric {
  return { namespace: "AWS/SQS", name: "ApproximateAgeOfOldestMessage", dimensions: { QueueName: queueName }, statistic: "Maximum" };
}

async function mappingOf(
  { lambda }: DeployedTarget,
  queueArn: string,
  signal: AbortSignal,
): Promise<EventSourceMappingConfiguration | undefined> {
  const command = new ListEventSourceMappingsCommand({ EventSourceArn: queueArn });
  return (await lambda.send(command, { abortSignal: signal })).EventSourceMappings?.[0];
}

/** What Lambda says of a function. */
export async function configurationOf({ lambda }: DeployedTarget, name: string, signal: AbortSignal): Promise<FunctionConfiguration> {
  return lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }), { abortSignal: signal });
}
