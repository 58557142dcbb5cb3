import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** A put or a deletion as ElectroDB hands it over: plain values, which become attributes further down. */
export interface WriteRequest {
  readonly PutRequest?: { readonly Item: Readonly<Record<string, unknown>> };
  readonly DeleteRequest?: { readonly Key: Readonly<Record<string, unknown>> };
}

/** What a table does with a batch: the requests that it leaves out. It may throw in place of taking any. */
export type LeaveOut = (requests: readonly WriteRequest[], call: number) => readonly WriteRequest[];

export interface ThrottledTable {
  /** How many requests each batch brought, in order. */
  readonly calls: readonly number[];
  /** The client is as it was. */
  calm(): void;
}

/**
 * Makes the real client of a real engine meet a throttled table: what is left out never reaches the engine, and comes back as
 * `UnprocessedItems`, as it would from AWS.
 */
export function throttleBatches(client: DynamoDBClient, tableName: string, leaveOut: LeaveOut): ThrottledTable {
  const calls: number[] = [];
  const name = `throttle-${crypto.randomUUID()}`;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== "BatchWriteItemCommand") return next(args);
      const input = args.input as { readonly RequestItems: Readonly<Record<string, readonly WriteRequest[]>> };
      const requests = input.RequestItems[tableName] ?? [];
      calls.push(requests.length);
      const left = leaveOut(requests, calls.length);
      const taken = requests.filter((request) => !left.includes(request));
      if (taken.length === 0) {
        return { output: { $metadata: {}, UnprocessedItems: { [tableName]: [...left] } }, response: {} };
      }
      const result = await next({ ...args, input: Object.assign({}, args.input, { RequestItems: { [tableName]: taken } }) });
      if (left.length === 0) return result;
      return { ...result, output: Object.assign({}, result.output, { UnprocessedItems: { [tableName]: [...left] } }) };
    },
    { step: "initialize", name },
  );
  return { calls, calm: () => void client.middlewareStack.remove(name) };
}
