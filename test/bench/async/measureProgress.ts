import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { startBenchClient } from "./benchClient.ts";
import { startBenchStack } from "./benchStack.ts";
import type { ClientAnswer } from "./clientProcess.ts";
import { clientOf } from "./dynamodb.ts";

/** As the local stack's pipe waits between two reads. */
export const POLL_INTERVAL_MS = 20;

export interface ProgressOptions {
  readonly requests: number;
  /** Reports after the first, of each request. */
  readonly rounds: number;
}

/** One request after the other, on a stack of its own, its samples and their baselines in turn. */
export async function measureProgress({ requests, rounds }: ProgressOptions): Promise<ClientAnswer> {
  const bench = await startBenchStack();
  try {
    const { stack } = bench;
    const dynamodb = clientOf(stack.dynamodbEndpoint);
    const { Table: table } = await dynamodb.send(new DescribeTableCommand({ TableName: stack.tableName }));
    dynamodb.destroy();
    const streamArn = table?.LatestStreamArn;
    if (streamArn === undefined) throw new Error("The table has no stream.");
    const client = await startBenchClient(bench);
    try {
      const poller = { endpoint: stack.dynamodbEndpoint, streamArn, tableName: stack.tableName, intervalMs: POLL_INTERVAL_MS };
      const question = { do: "watch", rounds, rawConnectionId: client.rawConnectionId, poller } as const;
      const { managementEndpoint } = stack;
      // Of the first ones code is loaded and compiled, on both sides.
      await client.ask({ ...question, managementEndpoint, requests: 1 });
      return await client.ask({ ...question, managementEndpoint, requests });
    } finally {
      await client.stop();
    }
  } finally {
    await bench.stop();
  }
}
