import type { StackContext } from "./context.ts";
import { PREFIX } from "./names.ts";

export interface TableStack {
  readonly table: sst.aws.Dynamo;
  /** `Resource.StreamerTable`. It tells the name and grants nothing: SST's own link of a table grants `dynamodb:*`. */
  readonly link: sst.Linkable<{ name: $util.Output<string> }>;
}

export function createTable({ platform, wiring, settings }: StackContext): TableStack {
  const { sst } = platform;
  const { partitionKey, sortKey, indexes, projection, stream, ttlAttribute } = wiring.table;
  const keys = [partitionKey, sortKey, ...indexes.flatMap((index) => [index.partitionKey, index.sortKey])];
  const table = new sst.aws.Dynamo(`${PREFIX}Database`, {
    fields: Object.fromEntries(keys.map((key) => [key, "string" as const])),
    primaryIndex: { hashKey: partitionKey, rangeKey: sortKey },
    globalIndexes: Object.fromEntries(
      indexes.map((index) => [
        index.name,
        { hashKey: index.partitionKey, rangeKey: index.sortKey, projection: inSstWords(projection) as "keys-only" },
      ]),
    ),
    stream: inSstWords(stream) as "new-and-old-images",
    ttl: ttlAttribute,
    deletionProtection: settings.keepData,
    transform: {
      table: (args) => {
        // DynamoDB always encrypts; with AWS's managed key CloudTrail shows who had it decrypt (S-187).
        args.serverSideEncryption = { enabled: true };
        args.pointInTimeRecovery = { enabled: true };
      },
    },
  });
  return { table, link: new sst.Linkable(`${PREFIX}Table`, { properties: { name: table.name } }) };
}

/** `NEW_AND_OLD_IMAGES` → `new-and-old-images`. */
function inSstWords(word: string): string {
  return word.toLowerCase().replaceAll("_", "-");
}
