import { PutItemCommand, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { TableConfig } from "@streamer/server";

type Item = Record<string, AttributeValue>;

const text = (value: string): AttributeValue => ({ S: value });
const number = (value: number): AttributeValue => ({ N: String(value) });
const CONNECTION: Item = { pk: text("connection#raw"), sk: text("connection") };

/** The same calls by the SDK and nothing else: items as large, in the same indexes, under the same conditions. See `REQUEST_CALLS`. */
export async function createRawRequest({ client, tableName: TableName }: TableConfig): Promise<(id: string) => Promise<void>> {
  const count = (attribute: string, amount: number) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: CONNECTION,
        UpdateExpression: "SET last_ping_at = :now ADD #count :amount",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeNames: { "#count": attribute },
        ExpressionAttributeValues: { ":now": number(1), ":amount": number(amount) },
        ReturnValues: "ALL_NEW",
      }),
    );
  const transition = (pk: string, from: string, change: string, values: Item) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk: text(pk), sk: text("request") },
        UpdateExpression: change,
        ConditionExpression: "#status = :from",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":from": text(from), ...values },
        ReturnValues: "ALL_NEW",
      }),
    );
  const watchers = (pk: string) =>
    client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues: { ":pk": text(pk), ":sk": text("subscription#") },
        ConsistentRead: true,
      }),
    );
  await client.send(new PutItemCommand({ TableName, Item: { ...CONNECTION, endpoint: text("api.example/prod") } }));
  return async (id) => {
    const pk = `request#raw#${id}`;
    await count("messages_received", 1);
    await client.send(
      new PutItemCommand({
        TableName,
        Item: requestItem(id, pk),
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValues: "ALL_OLD",
      }),
    );
    await transition(
      pk,
      "pending",
      "SET #status = :to, lease_expires_at = :n, started_at = :n, due_at = :n, gsi4sk = :due ADD attempt :one",
      {
        ":to": text("processing"),
        ":n": number(1_700_000_060_000),
        ":due": text("due#001700000060000"),
        ":one": number(1),
      },
    );
    const body = { type: "progress", request_id: id, sequence: 1_000_001, previous: 0, attempt: 1, percentage: 100, message: "Completed" };
    const update = { pk: text(pk), sk: text("update#000001000001"), body: text(JSON.stringify({ ...body, timestamp: 1 })) };
    await client.send(new PutItemCommand({ TableName, Item: { ...update, expires_at: number(4_000_000_000) } }));
    await watchers(pk);
    await transition(pk, "processing", "SET #status = :to, outcome = :result REMOVE lease_expires_at, due_at, gsi4pk, gsi4sk", {
      ":to": text("completed"),
      ":result": text('{"done":true}'),
    });
    await watchers(pk);
    await count("messages_posted", 2);
  };
}

function requestItem(id: string, pk: string): Item {
  const created = text(`request#001700000000000#${id}`);
  return {
    pk: text(pk),
    sk: text("request"),
    gsi1pk: text("user#raw#ada"),
    gsi1sk: created,
    gsi2pk: text("tenant#raw"),
    gsi2sk: created,
    gsi3pk: text("connection#raw"),
    gsi3sk: created,
    gsi4pk: text(`open#${id.charCodeAt(0) % 10}`),
    gsi4sk: text("due#001700000060000"),
    request_id: text(id),
    status: text("pending"),
    attempt: number(0),
    action: text("passing"),
    payload: text(JSON.stringify({ text: "x".repeat(300) })),
    payload_hash: text("0".repeat(64)),
    correlation_id: text(crypto.randomUUID()),
    created_at: number(1_700_000_000_000),
    expires_at: number(4_000_000_000),
  };
}
