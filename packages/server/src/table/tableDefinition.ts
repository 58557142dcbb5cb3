/**
 * The one table, as plain data: `stacks/` creates it on AWS, `local/` on this machine's engine.
 *
 * Indexes project KEYS_ONLY, and list queries hydrate: with ALL, each heartbeat would be billed once more per index.
 */
export const tableDefinition = {
  partitionKey: "pk",
  sortKey: "sk",
  indexes: [
    { name: "gsi1", partitionKey: "gsi1pk", sortKey: "gsi1sk" },
    { name: "gsi2", partitionKey: "gsi2pk", sortKey: "gsi2sk" },
    { name: "gsi3", partitionKey: "gsi3pk", sortKey: "gsi3sk" },
    { name: "gsi4", partitionKey: "gsi4pk", sortKey: "gsi4sk" },
  ],
  projection: "KEYS_ONLY",
  stream: "NEW_AND_OLD_IMAGES",
  /** Epoch seconds. DynamoDB deletes late, by up to days: every read checks it too. */
  ttlAttribute: "expires_at",
} as const;

/** The type of `tableDefinition`. */
export type TableDefinition = typeof tableDefinition;
