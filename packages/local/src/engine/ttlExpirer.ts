import { ConditionalCheckFailedException, DeleteItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue, DynamoDBClient, ScanCommandInput } from "@aws-sdk/client-dynamodb";
import type { Clock, Timer } from "@streamer/protocol";
import type { TableDefinition } from "@streamer/server";

export interface TtlExpirerOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly table: TableDefinition;
  /** Its time decides what has expired. */
  readonly clock: Clock;
  /** From the end of a run to the beginning of the next. */
  readonly everyMs: number;
  /** Told when a run fails; the next one tries again. */
  readonly logger: { warn(message: string, fields?: Record<string, unknown>): void };
  /** The most items that one run deletes; the rest is left to the next. Default 1,000. */
  readonly maxDeletes?: number;
  /** Items that a page of the scan looks at: so that the engine, which does one thing at a time, is not held up. Default 500. */
  readonly pageSize?: number;
}

export interface TtlExpirer {
  start(): void;
  /** Resolves when no run is under way and none will follow. */
  stop(): Promise<void>;
  /** One run, now. Resolves with the number of items deleted. */
  run(): Promise<number>;
}

type Item = Record<string, AttributeValue>;

const DEFAULT_MAX_DELETES = 1_000;
const DEFAULT_PAGE_SIZE = 500;
const DELETES_AT_A_TIME = 10;

/**
 * Deletes expired items, as DynamoDB does: dynoxide has the API of TTL and never deletes. On the stream these are ordinary removals.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
export function createTtlExpirer(options: TtlExpirerOptions): TtlExpirer {
  const { client, tableName, table, clock, everyMs, logger, maxDeletes = DEFAULT_MAX_DELETES, pageSize = DEFAULT_PAGE_SIZE } = options;
  const names = { "#ttl": table.ttlAttribute };
  // Only a number is a time; others are no TTL, whatever they compare to.
  const condition = "attribute_type(#ttl, :number) AND #ttl <= :now";
  let running: Promise<void> | undefined;
  let timer: Timer | undefined;
  let started = false;

  const expire = async (key: Item, values: Item): Promise<boolean> => {
    try {
      await client.send(
        new DeleteItemCommand({
          TableName: tableName,
          Key: key,
          // Still expired: it may have been given more time since the scan.
          ConditionExpression: condition,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const run = async (): Promise<number> => {
    const values: Item = { ":now": { N: String(Math.floor(clock.now() / 1000)) }, ":number": { S: "N" } };
    const scan: ScanCommandInput = {
      TableName: tableName,
      Limit: pageSize,
      FilterExpression: condition,
      ProjectionExpression: "#pk, #sk",
      ExpressionAttributeNames: { ...names, "#pk": table.partitionKey, "#sk": table.sortKey },
      ExpressionAttributeValues: values,
    };
    let deleted = 0;
    let from: Item | undefined;
    do {
      const page = await client.send(new ScanCommand(from === undefined ? scan : { ...scan, ExclusiveStartKey: from }));
      const expired = (page.Items ?? []).slice(0, maxDeletes - deleted);
      for (let at = 0; at < expired.length; at += DELETES_AT_A_TIME) {
        const outcomes = await Promise.all(expired.slice(at, at + DELETES_AT_A_TIME).map((key) => expire(key, values)));
        deleted += outcomes.filter(Boolean).length;
      }
      from = page.LastEvaluatedKey;
    } while (from !== undefined && deleted < maxDeletes);
    return deleted;
  };

  const schedule = (): void => {
    timer = clock.after(everyMs, () => {
      running = runAndSchedule();
    });
  };

  const runAndSchedule = async (): Promise<void> => {
    try {
      await run();
    } catch (error) {
      logger.warn("Expired items could not be deleted", { tableName, error });
    }
    running = undefined;
    if (started) schedule();
  };

  return {
    start() {
      if (started) return;
      started = true;
      schedule();
    },
    async stop() {
      started = false;
      timer?.cancel();
      await running;
    },
    run,
  };
}
