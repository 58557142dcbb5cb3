import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** Local engines look at no signature. */
export function clientOf(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } });
}
