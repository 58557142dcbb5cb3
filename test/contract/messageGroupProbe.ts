import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { EVENT_DETAIL_TYPE, EVENT_SOURCE } from "@streamer/server";
import { uniqueId } from "./target.ts";

/** An action that no app has: nobody's rule takes the probe's event. */
const PROBE_ACTION = "contract_probe";
const TARGET_ID = "probe";
const ROUNDS = 15;
const ROUND_SECONDS = 3;

/**
 * Sends an event through a rule of its own to a standard queue of its own, and gives the message group that it arrived with. A queue of
 * the stage cannot be looked into: its processor takes each message at once.
 *
 * @param messageGroupPath JSON path of the group in the event, as the wiring's rules have it.
 * @returns `undefined` when it came without a group. What was made is deleted again.
 */
export async function messageGroupThroughRule(
  busName: string,
  messageGroupPath: string,
  detail: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const events = new EventBridgeClient({});
  const sqs = new SQSClient({});
  const name = uniqueId("streamer-contract");
  const created = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const QueueUrl = created.QueueUrl ?? "";
  const rule = { Name: name, EventBusName: busName };
  try {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
    const queueArn = Attributes["QueueArn"] ?? "";
    const only = Object.fromEntries(Object.entries(detail).map(([field, value]) => [field, [value]]));
    const EventPattern = JSON.stringify({ source: [EVENT_SOURCE], detail: { action: [PROBE_ACTION], ...only } });
    const { RuleArn = "" } = await events.send(new PutRuleCommand({ ...rule, EventPattern }));
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: allowRule(queueArn, RuleArn) } }));
    await events.send(
      new PutTargetsCommand({
        Rule: name,
        EventBusName: busName,
        Targets: [{ Id: TARGET_ID, Arn: queueArn, SqsParameters: { MessageGroupId: messageGroupPath } }],
      }),
    );
    for (let round = 0; round < ROUNDS; round += 1) {
      // A new rule and policy take a while to be known everywhere: the event is sent again until one arrives.
      await events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: busName,
              Source: EVENT_SOURCE,
              DetailType: EVENT_DETAIL_TYPE,
              Detail: JSON.stringify({ ...detail, action: PROBE_ACTION }),
            },
          ],
        }),
      );
      const { Messages: [message] = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: ROUND_SECONDS, MessageSystemAttributeNames: ["MessageGroupId"] }),
      );
      if (message !== undefined) return message.Attributes?.MessageGroupId;
    }
    throw new Error(`No event came through rule ${name} of bus ${busName} within ${ROUNDS * ROUND_SECONDS} seconds.`);
  } finally {
    await events.send(new RemoveTargetsCommand({ Rule: name, EventBusName: busName, Ids: [TARGET_ID] }));
    await events.send(new DeleteRuleCommand(rule));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    events.destroy();
    sqs.destroy();
  }
}

function allowRule(queueArn: string, ruleArn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
      },
    ],
  });
}
