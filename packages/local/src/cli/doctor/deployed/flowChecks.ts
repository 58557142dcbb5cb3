import { ListRulesCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import type { Rule, Target } from "@aws-sdk/client-eventbridge";
import { ResourceNotFoundException } from "@aws-sdk/client-eventbridge";
import { NotFoundException } from "@aws-sdk/client-pipes";
import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { NOTIFIER } from "@streamer/server";
import { fail, ok, warn } from "../finding.ts";
import type { Check, Finding } from "../finding.ts";
import { counted } from "../shared/inWords.ts";
import { nameOfArn, physicalName, pipeName } from "./names.ts";
import type { DeployedTarget } from "./deployedTarget.ts";

export const DEPLOY_AGAIN = "Deploy the stage again: sst deploy puts back what was changed by hand.";
export const CREDENTIALS =
  "Check --app, --stage and --region, and the credentials of your AWS profile and what they may read (packages/docs/doctor.md).";

/** The Pipe, and what it gave up. */
export function deployedPipeCheck(target: DeployedTarget): Check {
  return {
    name: "pipe",
    advice: CREDENTIALS,
    runbook: "pipe",
    async run(signal) {
      const name = pipeName(target.stage);
      const pipe = await target.pipe().catch((error: unknown) => {
        if (error instanceof NotFoundException) return undefined;
        throw error;
      });
      if (pipe === undefined)
        return fail("pipe", `there is no Pipe ${name}`, `${CREDENTIALS} A stage that is not deployed has none.`, "pipe");
      const { CurrentState: state = "UNKNOWN", DesiredState: desired, StateReason: reason } = pipe;
      const seen = `${name} is ${state}${reason === undefined || reason === "" ? "" : `: ${reason}`}`;
      const findings: Finding[] = [];
      if (state === "RUNNING") findings.push(ok("pipe", seen));
      else if (desired === "STOPPED")
        findings.push(fail("pipe", seen, "Somebody stopped it, and no request is started. aws pipes start-pipe --name " + name, "pipe"));
      else if (state.endsWith("_FAILED") || state === "STOPPED")
        findings.push(fail("pipe", seen, `No request is started. ${DEPLOY_AGAIN}`, "pipe"));
      else findings.push(warn("pipe", seen, "It changes right now: look again in a minute.", "pipe"));
      const deadLetters = pipe.SourceParameters?.DynamoDBStreamParameters?.DeadLetterConfig?.Arn;
      if (deadLetters !== undefined) {
        const count = Number((await attributesOf(target, deadLetters, signal))["ApproximateNumberOfMessages"] ?? 0);
        findings.push(
          count === 0
            ? ok("dead letters pipe", "none")
            : fail(
                "dead letters pipe",
                counted(count, "message"),
                "They point at records of the stream. The sweeper starts their requests within minutes.",
                "dead-letters",
              ),
        );
      }
      return findings;
    },
  };
}

/** A rule of ours, and the queue that it feeds. */
export interface FoundRule {
  readonly name: string;
  readonly enabled: boolean;
  readonly queueArn: string | undefined;
  readonly deadLetterArn: string | undefined;
}

/** The rules of the stage on its bus: others there are the app's own. Asked for once. */
export function findRules(target: DeployedTarget): () => Promise<readonly FoundRule[]> {
  const { events, stage, busName } = target;
  let found: Promise<readonly FoundRule[]> | undefined;
  const read = async (): Promise<readonly FoundRule[]> => {
    const bus = await busName();
    const rules: Rule[] = [];
    let token: string | undefined;
    do {
      const page = await events.send(
        new ListRulesCommand({ EventBusName: bus, NamePrefix: `${stage.app}-${stage.stage}-`, NextToken: token }),
      );
      rules.push(...(page.Rules ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return Promise.all(
      rules.map(async ({ Name: name = "", State: state }) => {
        const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ EventBusName: bus, Rule: name }));
        const queue = Targets.find(isQueue);
        return { name, enabled: state === "ENABLED", queueArn: queue?.Arn, deadLetterArn: queue?.DeadLetterConfig?.Arn };
      }),
    );
  };
  return () => (found ??= read());
}

function isQueue({ Arn: arn }: Target): boolean {
  return arn?.split(":")[2] === "sqs";
}

/** The bus, and that each rule is on and has a queue. */
export function deployedBusCheck(target: DeployedTarget, rules: () => Promise<readonly FoundRule[]>): Check {
  return {
    name: "bus",
    advice: CREDENTIALS,
    runbook: "pipe",
    async run() {
      const bus = await target.busName();
      const found = await rules().catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      });
      if (found === undefined) return fail("bus", `there is no bus ${bus}`, DEPLOY_AGAIN, "pipe");
      const wrong = found.flatMap(({ name, enabled, queueArn }) => [
        ...(enabled ? [] : [`${name} is disabled`]),
        ...(queueArn === undefined ? [`${name} feeds no queue`] : []),
      ]);
      const notifier = physicalName(target.stage, NOTIFIER, 64);
      if (!found.some(({ name }) => name === notifier)) wrong.push(`there is no rule ${notifier}`);
      if (wrong.length > 0) return fail("bus", wrong.join("; "), `What these should pick is not done. ${DEPLOY_AGAIN}`, "pipe");
      return ok("bus", `${bus}: ${counted(found.length, "rule")}, each on and with a queue`);
    },
  };
}

export async function attributesOf(
  { sqs }: Pick<DeployedTarget, "sqs">,
  queueArn: string,
  signal: AbortSignal,
): Promise<Readonly<Partial<Record<string, string>>>> {
  const account = queueArn.split(":")[4];
  const { QueueUrl: url } = await sqs.send(
    new GetQueueUrlCommand({
      QueueName: nameOfArn(queueArn),
      ...(account === undefined || account === "" ? {} : { QueueOwnerAWSAccountId: account }),
    }),
    { abortSignal: signal },
  );
  const { Attributes: attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }), {
    abortSignal: signal,
  });
  return attributes;
}
