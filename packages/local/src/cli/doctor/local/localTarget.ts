import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { LOCAL_CREDENTIALS, LOCAL_REGION } from "../../../stack/functionEnv.ts";
import type { StackStatus } from "../../../stack/status.ts";
import type { StackFile } from "../../stackFile.ts";
import { NotCheckableError } from "../finding.ts";

/** The ways into a running local stack. */
export interface LocalTarget {
  readonly stack: StackFile;
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  /** Asked for once. @throws {NotCheckableError} when the stack does not tell: that is a finding of its own. */
  readonly status: () => Promise<StackStatus>;
  close(): void;
}

/** Engines of this machine answer at once or not at all. */
const MAX_ATTEMPTS = 2;
const STATUS_TIMEOUT_MS = 5_000;

export function openLocalTarget(stack: StackFile): LocalTarget {
  const settings = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS, maxAttempts: MAX_ATTEMPTS };
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: stack.dynamodbEndpoint });
  const streams = new DynamoDBStreamsClient({ ...settings, endpoint: stack.dynamodbEndpoint });
  const sqs = new SQSClient({ ...settings, endpoint: stack.sqsEndpoint });
  const events = new EventBridgeClient({ ...settings, endpoint: stack.eventsEndpoint });
  let asked: Promise<StackStatus> | undefined;
  return {
    stack,
    dynamodb,
    streams,
    sqs,
    events,
    async status() {
      try {
        return await (asked ??= readStatus(stack.consoleUrl));
      } catch (error) {
        throw new NotCheckableError("the stack does not tell at its port", { cause: error });
      }
    },
    close() {
      for (const client of [dynamodb, streams, sqs, events]) client.destroy();
    },
  };
}

async function readStatus(consoleUrl: string): Promise<StackStatus> {
  const response = await fetch(new URL("/status.json", consoleUrl), { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`It answered with ${response.status}.`);
  return (await response.json()) as StackStatus;
}
