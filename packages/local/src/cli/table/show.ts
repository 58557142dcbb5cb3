import type { TableShape } from "../../engine/tableShape.ts";
import { columns, lines } from "../columns.ts";

/** A table, and what of it is not as the system needs it. */
export interface TableReport {
  readonly tableName: string;
  readonly shape: TableShape;
  /** In words; none: it is as it should be. */
  readonly differences: readonly string[];
  /** Of `create` only: whether it was made just now. */
  readonly created?: boolean;
}

export function asJson({ tableName, shape, differences, created }: TableReport): string {
  const json = {
    table: tableName,
    ...(created === undefined ? {} : { created }),
    matches: differences.length === 0,
    differences,
    status: shape.status,
    keys: shape.keys,
    indexes: shape.indexes,
    stream: shape.stream ?? null,
    stream_arn: shape.streamArn ?? null,
    ttl: shape.ttl ?? null,
    point_in_time_recovery: shape.pointInTimeRecovery,
  };
  return `${JSON.stringify(json)}\n`;
}

export function asText({ tableName, shape, differences, created }: TableReport): string {
  const facts = lines({
    table: created === undefined ? tableName : `${tableName} (${created ? "made now" : "was there"})`,
    status: shape.status,
    keys: shape.keys,
    stream: shape.stream ?? "off",
    ttl: shape.ttl ?? "off",
    point_in_time_recovery: shape.pointInTimeRecovery === "unknown" ? "not known to this DynamoDB" : shape.pointInTimeRecovery,
  });
  const indexes = columns(
    ["INDEX", "KEYS", "PROJECTION"],
    shape.indexes.map(({ name, keys, projection }) => [name, keys, projection]),
  );
  const verdict =
    differences.length === 0
      ? "It is as the system needs it.\n"
      : differences.map((difference) => `Not as it should be: ${difference}.\n`).join("");
  return `${facts}\n${indexes}\n${verdict}`;
}
