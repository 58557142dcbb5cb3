import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { DescribePipeCommand, PipesClient } from "@aws-sdk/client-pipes";
import type { DescribePipeResponse } from "@aws-sdk/client-pipes";
import { SQSClient } from "@aws-sdk/client-sqs";
import { NotCheckableError } from "../finding.ts";
import { nameOfArn, pipeName } from "./names.ts";
import type { Stage } from "./names.ts";

/** The ways into a deployed stage. Its parts are found from the one Pipe, whose name is known: the table feeds it, the bus takes from it. */
export interface DeployedTarget {
  readonly stage: Stage;
  readonly dynamodb: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly cloudwatch: CloudWatchClient;
  /** Asked for once. */
  readonly pipe: () => Promise<DescribePipeResponse>;
  /** @throws {NotCheckableError} when the Pipe does not tell. */
  readonly tableName: () => Promise<string>;
  /** @throws {NotCheckableError} when the Pipe does not tell. */
  readonly busName: () => Promise<string>;
  close(): void;
}

export interface DeployedNames extends Stage {
  /** Default: the SDK's own. */
  readonly region: string | undefined;
  /** Default: the one whose stream the Pipe reads. */
  readonly table: string | undefined;
}

const MAX_ATTEMPTS = 2;

/** By the SDK's own credentials. */
export function openDeployedTarget({ app, stage: stageName, region, table }: DeployedNames): DeployedTarget {
  const stage = { app, stage: stageName };
  const settings = { maxAttempts: MAX_ATTEMPTS, ...(region === undefined ? {} : { region }) };
  const pipes = new PipesClient(settings);
  const clients = {
    dynamodb: new DynamoDBClient(settings),
    events: new EventBridgeClient(settings),
    sqs: new SQSClient(settings),
    lambda: new LambdaClient(settings),
    cloudwatch: new CloudWatchClient(settings),
  };
  let described: Promise<DescribePipeResponse> | undefined;
  const pipe = (): Promise<DescribePipeResponse> => (described ??= pipes.send(new DescribePipeCommand({ Name: pipeName(stage) })));
  const fromPipe = async (what: string, arnOf: (found: DescribePipeResponse) => string | undefined): Promise<string> => {
    const found = await pipe().catch((cause: unknown) => {
      throw new NotCheckableError(`${what} is found by the Pipe, which does not tell: see its row`, { cause });
    });
    const arn = arnOf(found);
    if (arn === undefined) throw new NotCheckableError(`the Pipe names no ${what}`);
    return arn;
  };
  return {
    stage,
    ...clients,
    pipe,
    // arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>
    tableName: async () => table ?? (await fromPipe("the table", ({ Source }) => Source?.split("/")[1])),
    busName: async () => nameOfArn(await fromPipe("the bus", ({ Target }) => Target)),
    close() {
      for (const client of [pipes, ...Object.values(clients)]) client.destroy();
    },
  };
}
