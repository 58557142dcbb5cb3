import { setTimeout as sleep } from "node:timers/promises";
import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { ProcessingFailedError } from "@streamer/protocol";
import type { TableConfig } from "@streamer/server";

const KEY = { pk: { S: "gate" }, sk: { S: "gate" } };
const LOOK_EVERY_MS = 20;

/** How far the work may go: an item of the table, which the work's sandbox and the test both see. */
export interface Gate {
  openTo(percentage: number): Promise<void>;
  /** Lets all work that comes to the gate fail for good. `openTo` ends that. */
  failAll(reason: string): Promise<void>;
  /** Resolves when the gate is open so far. Rejects with the signal's reason, and with a `ProcessingFailedError` when all is to fail. */
  passed(percentage: number, signal: AbortSignal): Promise<void>;
}

export function createGate({ client, tableName: TableName }: TableConfig): Gate {
  return {
    async openTo(percentage) {
      await client.send(new PutItemCommand({ TableName, Item: { ...KEY, percentage: { N: String(percentage) } } }));
    },
    async failAll(reason) {
      await client.send(new PutItemCommand({ TableName, Item: { ...KEY, reason: { S: reason } } }));
    },
    async passed(percentage, signal) {
      for (;;) {
        const { Item: item } = await client.send(new GetItemCommand({ TableName, Key: KEY, ConsistentRead: true }));
        const reason = item?.["reason"]?.S;
        if (reason !== undefined) throw new ProcessingFailedError({ cause: new Error(reason) });
        if (Number(item?.["percentage"]?.N ?? 0) >= percentage) return;
        await sleep(LOOK_EVERY_MS, undefined, { signal });
      }
    },
  };
}
