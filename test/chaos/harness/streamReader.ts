import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand } from "@aws-sdk/client-dynamodb-streams";
import type { _Record } from "@aws-sdk/client-dynamodb-streams";
import type { StreamChange } from "../checker/history.ts";
import { createRawClient, isRequest, RAW_CLIENT, requestOf } from "./tableReader.ts";
import type { TableAddress } from "./tableReader.ts";

/** All changes of requests' statuses that the table's stream tells of, from its begin to now, in order. */
export async function readStatusChanges(table: TableAddress): Promise<readonly StreamChange[]> {
  const client = createRawClient(table);
  const streams = new DynamoDBStreamsClient({ ...RAW_CLIENT, endpoint: table.dynamodbEndpoint });
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table.tableName }));
    const streamArn = Table?.LatestStreamArn ?? "";
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    const changes: StreamChange[] = [];
    // Shards come parents first, and a request's partition is in one shard at a time.
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      const { ShardIterator } = await streams.send(
        new GetShardIteratorCommand({ StreamArn: streamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
      );
      let iterator = ShardIterator;
      while (iterator !== undefined) {
        const page = await streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1_000 }));
        const records = page.Records ?? [];
        changes.push(...records.flatMap(toChange));
        // An open shard has no end: it is read when it has nothing more to give.
        iterator = records.length === 0 ? undefined : page.NextShardIterator;
      }
    }
    return changes;
  } finally {
    client.destroy();
    streams.destroy();
  }
}

function toChange({ dynamodb }: _Record): readonly StreamChange[] {
  const before = dynamodb?.OldImage;
  const after = dynamodb?.NewImage;
  const item = after ?? before;
  if (item === undefined || !isRequest(item)) return [];
  const from = before?.["status"]?.S;
  const to = after?.["status"]?.S;
  return from === to ? [] : [{ ...requestOf(item), from, to, attempt: Number(item["attempt"]?.N) }];
}
