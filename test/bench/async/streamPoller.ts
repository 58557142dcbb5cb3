import { setTimeout as sleep } from "node:timers/promises";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand } from "@aws-sdk/client-dynamodb-streams";
import { clientOf } from "./dynamodb.ts";

export interface StreamPollerConfig {
  readonly endpoint: string;
  readonly streamArn: string;
  readonly tableName: string;
  /** Between two reads: as long as the local stack's pipe waits. */
  readonly intervalMs: number;
}

/** What anything that follows a table has to do: read its stream again and again. By the SDK and nothing of ours. */
export function createStreamPoller({ endpoint, streamArn, tableName, intervalMs }: StreamPollerConfig) {
  const table = clientOf(endpoint);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const streams = new DynamoDBStreamsClient({ endpoint, region: "us-east-1", credentials });

  const openIterator = async (): Promise<string | undefined> => {
    const { StreamDescription: stream } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    const ShardId = stream?.Shards?.at(-1)?.ShardId;
    const opened = await streams.send(new GetShardIteratorCommand({ StreamArn: streamArn, ShardId, ShardIteratorType: "LATEST" }));
    return opened.ShardIterator;
  };

  const untilSeen = async (pk: string, opened: string | undefined): Promise<number> => {
    for (let iterator = opened; ;) {
      const page = await streams.send(new GetRecordsCommand({ ShardIterator: iterator }));
      if (page.Records?.some(({ dynamodb }) => dynamodb?.Keys?.["pk"]?.S === pk) === true) return performance.now();
      iterator = page.NextShardIterator;
      await sleep(intervalMs);
    }
  };

  return {
    /** Ms from the start of a put until its record is seen. */
    async sample(): Promise<number> {
      const pk = `polled#${crypto.randomUUID()}`;
      const seen = untilSeen(pk, await openIterator());
      // At any moment between two reads.
      await sleep(intervalMs * Math.random());
      const startedAt = performance.now();
      const body = { S: "x".repeat(300) };
      await table.send(new PutItemCommand({ TableName: tableName, Item: { pk: { S: pk }, sk: { S: "polled" }, body } }));
      return (await seen) - startedAt;
    },
    stop() {
      table.destroy();
      streams.destroy();
    },
  };
}
