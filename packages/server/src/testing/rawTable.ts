import { GetItemCommand, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { TableConfig } from "../table/entities/model.ts";
import { requestPartition } from "../table/keys.ts";
import type { RequestRef } from "../table/storedRequest.ts";

/** An item as the table holds it. */
export type RawItem = Readonly<Record<string, AttributeValue>>;

/** The items behind the stores' back: what is really in the table. */
export interface RawTable {
  /** All items of a request, by their sort key. */
  request(ref: RequestRef): Promise<Readonly<Record<string, RawItem>>>;
  item(pk: string, sk: string): Promise<RawItem | undefined>;
  /** What an index holds of one partition, in order. */
  index(name: string, partition: string): Promise<readonly RawItem[]>;
  /** Puts a request's item into a state that no verb would give it. `undefined` removes an attribute. */
  force(ref: RequestRef, attributes: Readonly<Record<string, string | number | undefined>>): Promise<void>;
}

export function createRawTable({ client, tableName }: TableConfig): RawTable {
  const query = async (pk: string, partition: string, index?: string): Promise<readonly RawItem[]> => {
    const { Items } = await client.send(
      new QueryCommand({
        TableName: tableName,
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        KeyConditionExpression: "#pk = :pk",
        ExpressionAttributeNames: { "#pk": pk },
        ExpressionAttributeValues: { ":pk": { S: partition } },
      }),
    );
    return Items ?? [];
  };
  return {
    async request(ref) {
      const items = await query("pk", requestPartition(ref));
      return Object.fromEntries(items.map((item) => [item["sk"]?.S ?? "", item]));
    },

    async item(pk, sk) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }),
      );
      return Item;
    },

    index: (name, partition) => query(`${name}pk`, partition, name),

    async force(ref, attributes) {
      const entries = Object.entries(attributes).map(([name, value], index) => ({ name, value, alias: `a${index}` }));
      const set = entries.filter(({ value }) => value !== undefined);
      const remove = entries.filter(({ value }) => value === undefined);
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: requestPartition(ref) }, sk: { S: "request" } },
          UpdateExpression: [
            set.length > 0 ? `SET ${set.map(({ alias }) => `#${alias} = :${alias}`).join(", ")}` : "",
            remove.length > 0 ? `REMOVE ${remove.map(({ alias }) => `#${alias}`).join(", ")}` : "",
          ].join(" "),
          ExpressionAttributeNames: Object.fromEntries(entries.map(({ alias, name }) => [`#${alias}`, name])),
          ExpressionAttributeValues: Object.fromEntries(
            set.map(({ alias, value }) => [`:${alias}`, typeof value === "number" ? { N: String(value) } : { S: value ?? "" }]),
          ),
        }),
      );
    },
  };
}
