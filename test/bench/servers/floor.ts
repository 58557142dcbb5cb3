/** What a message costs at the least when each is counted in a table: `ws`, and one update by the SDK. A program of its own. */
import { CreateTableCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { startPlainEngine } from "../../support/plainEngine.ts";
import { startRawServer } from "./rawServer.ts";
import { serve } from "./serve.ts";

const TableName = "floor";
const Key = { pk: { S: "connection" }, sk: { S: "connection" } };

await serve(async () => {
  const engine = await startPlainEngine();
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
    }),
  );
  // As large as a connection's record (packages/docs/costs/assumptions.ts).
  await client.send(new PutItemCommand({ TableName, Item: { ...Key, count: { N: "0" }, text: { S: "x".repeat(400) } } }));
  const count = new UpdateItemCommand({
    TableName,
    Key,
    UpdateExpression: "ADD #count :one",
    ConditionExpression: "attribute_exists(pk)",
    ExpressionAttributeNames: { "#count": "count" },
    ExpressionAttributeValues: { ":one": { N: "1" } },
    ReturnValues: "ALL_NEW",
  });
  const server = await startRawServer(async (frame) => {
    await client.send(count);
    return frame;
  });
  return {
    ...server,
    async stop() {
      await server.stop();
      client.destroy();
      await engine.stop();
    },
  };
});
