import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { seedSales } from "./sample/seedSales.ts";

/** Lays the sample data that the shipped actions report on. Cheap when it is there already: one read. */
export async function seed(client: DynamoDBClient, tableName: string): Promise<void> {
  await seedSales(client, tableName);
}
