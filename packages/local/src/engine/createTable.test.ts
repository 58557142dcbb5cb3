import { DescribeTableCommand, DescribeTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "@streamer/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTable } from "./createTable.ts";
import { engineFixture } from "./fixtures/harness.ts";
import type { EngineFixture } from "./fixtures/harness.ts";

let fixture: EngineFixture;
let client: DynamoDBClient;
beforeAll(async () => {
  fixture = await engineFixture();
  client = fixture.client(await fixture.start());
});
afterAll(() => fixture.close());

test("the table has the definition's keys, indexes, stream and TTL, and is active", async () => {
  const { streamArn } = await createTable(client, "streamer", tableDefinition);
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: "streamer" }));
  expect(table).toMatchObject({
    TableStatus: "ACTIVE",
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    LatestStreamArn: streamArn,
  });
  expect(table?.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index.Projection?.ProjectionType])).toEqual([
    ["gsi1", "KEYS_ONLY"],
    ["gsi2", "KEYS_ONLY"],
    ["gsi3", "KEYS_ONLY"],
    ["gsi4", "KEYS_ONLY"],
  ]);
  const { TimeToLiveDescription: ttl } = await client.send(new DescribeTimeToLiveCommand({ TableName: "streamer" }));
  expect(ttl).toEqual({ AttributeName: "expires_at", TimeToLiveStatus: "ENABLED" });
});

test("making it again, also twice at once, gives the same stream", async () => {
  const both = await Promise.all([createTable(client, "again", tableDefinition), createTable(client, "again", tableDefinition)]);
  const third = await createTable(client, "again", tableDefinition);
  expect(both.map(({ streamArn }) => streamArn)).toEqual([third.streamArn, third.streamArn]);
  expect(both.filter(({ created }) => created)).toHaveLength(1);
  expect(third.created).toBe(false);
});

test("a table of the same name in another shape is refused, saying what it lacks", async () => {
  await createTable(client, "other", tableDefinition);
  const changed = { ...tableDefinition, sortKey: "range" } as unknown as typeof tableDefinition;
  await expect(createTable(client, "other", changed)).rejects.toThrow(
    '"other" exists in another shape: its keys are pk (HASH), sk (RANGE), and should be pk (HASH), range (RANGE). It was left as it is.',
  );
});
