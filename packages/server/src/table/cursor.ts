import { InvalidCursorError } from "./errors.ts";

/** A query as ElectroDB sends it, as far as it tells which partition of which index is read. */
export interface QueryParams {
  readonly IndexName?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

const MAX_KEY_CHARS = 3_072;

/**
 * A page's cursor is the place where it ended: ElectroDB's, the keys in Base64. Whose items are listed comes from the query and never from
 * it, so no cursor leads to another's; this refuses, before anything is read, one that does not belong to the query's own partition.
 *
 * @returns what the query takes.
 * @throws {InvalidCursorError} when it is no cursor of this index and partition.
 */
export function checkCursor(verb: string, cursor: string | undefined, params: QueryParams): string | null {
  if (cursor === undefined) return null;
  const partitionName = params.ExpressionAttributeNames?.["#pk"] ?? "";
  const place = keysIn(cursor);
  const wanted = new Set(["pk", "sk", partitionName, partitionName.replace(/pk$/, "sk")]);
  const names = place === undefined ? [] : Object.keys(place);
  const fits =
    names.length === wanted.size &&
    names.every((name) => wanted.has(name)) &&
    place?.[partitionName] === params.ExpressionAttributeValues?.[":pk"];
  if (!fits) throw new InvalidCursorError(verb);
  return cursor;
}

/** The same for a scan, which reads all there is: any place of the table is one of its own. */
export function checkScanCursor(verb: string, cursor: string | undefined): string | null {
  return checkCursor(verb, cursor, {
    ExpressionAttributeNames: { "#pk": "pk" },
    ExpressionAttributeValues: { ":pk": keysIn(cursor ?? "")?.["pk"] },
  });
}

/** Keys are text, not empty, and no longer than DynamoDB takes. */
function keysIn(cursor: string): Readonly<Record<string, string>> | undefined {
  const place = parsed(Buffer.from(cursor, "base64url").toString());
  if (typeof place !== "object" || place === null || Array.isArray(place)) return undefined;
  const isKey = (value: unknown): boolean => typeof value === "string" && value.length > 0 && value.length <= MAX_KEY_CHARS;
  return Object.values(place).every(isKey) ? (place as Record<string, string>) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
