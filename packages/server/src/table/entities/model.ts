import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** What every entity needs: the client and the table it lives in. */
export interface TableConfig {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

export const SERVICE = "streamer";

/** Numbers in keys are padded, so that they sort as text. Milliseconds since 1970 have 13 digits until the year 2286. */
export const MS_PADDING = { length: 15, char: "0" };
/** attempt × 1,000,000 + n. */
export const SEQUENCE_PADDING = { length: 12, char: "0" };

/**
 * Keys keep their letters' case. ElectroDB lower-cases them unless told otherwise, and tenant `acme` would read the work of `Acme`.
 */
export const CASING = "none";

/** The key of everything that belongs to one request. The tenant is encoded (`encodeKeyPart`); a request id has no `#` by its own rule. */
export const REQUEST_PARTITION = {
  field: "pk",
  composite: ["tenant_id", "request_id"],
  template: "request#${tenant_id}#${request_id}",
  casing: CASING,
} as const;
