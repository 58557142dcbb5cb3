import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { StoredItem, StoredUpdate } from "../checker/history.ts";

/** Where the stack's table is. */
export interface TableAddress {
  readonly dynamodbEndpoint: string;
  readonly tableName: string;
}

export type RawItem = Readonly<Record<string, AttributeValue>>;

export interface TableContents {
  readonly items: readonly StoredItem[];
  readonly updates: readonly StoredUpdate[];
}

export const RAW_CLIENT = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

export function createRawClient({ dynamodbEndpoint }: TableAddress): DynamoDBClient {
  return new DynamoDBClient({ ...RAW_CLIENT, endpoint: dynamodbEndpoint });
}

/** The whole table as it is, read and decoded without any of the code that wrote it. */
export async function readTable(client: DynamoDBClient, tableName: string): Promise<TableContents> {
  const raw: RawItem[] = [];
  for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) raw.push(...(page.Items ?? []));
  const results = new Map(raw.filter((item) => text(item, "sk") === "result").map((item) => [text(item, "pk"), text(item, "body")]));
  return {
    items: raw.filter(isRequest).map((item) => ({
      ...requestOf(item),
      user: decodeURIComponent(text(item, "user_id")),
      status: text(item, "status"),
      attempt: Number(item["attempt"]?.N),
      uncountedAttempts: Number(item["uncounted_attempts"]?.N ?? 0),
      errorCode: item["error"]?.S === undefined ? undefined : String((JSON.parse(item["error"].S) as { code?: unknown }).code),
      result: item["result"]?.S ?? results.get(text(item, "pk")),
    })),
    updates: raw
      .filter((item) => text(item, "pk").startsWith("request#") && text(item, "sk").startsWith("update#"))
      .map((item) => {
        const body = JSON.parse(text(item, "body")) as Record<string, unknown>;
        return {
          ...requestOf(item),
          sequence: Number(item["sequence"]?.N),
          previous: Number(body["previous"]),
          attempt: Number(body["attempt"]),
          percentage: typeof body["percentage"] === "number" ? body["percentage"] : undefined,
        };
      }),
  };
}

export function isRequest(item: RawItem): boolean {
  return text(item, "pk").startsWith("request#") && text(item, "sk") === "request";
}

/** `request#<tenant, percent-encoded>#<id>` */
export function requestOf(item: RawItem): { readonly tenant: string; readonly requestId: string } {
  const [, tenant = "", requestId = ""] = text(item, "pk").split("#");
  return { tenant: decodeURIComponent(tenant), requestId };
}

export function text(item: RawItem, name: string): string {
  return item[name]?.S ?? "";
}
