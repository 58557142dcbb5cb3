import { createHash } from "node:crypto";
import { ValidationError } from "@streamer/protocol";
import type { CreatedAt } from "../table/page.ts";

/** What a cursor belongs to: it holds for the same caller, the same list and the same filter only. */
export type CursorScope = Readonly<Record<string, string | number | undefined>>;

/** Time, request, check sum. An item of a batch has a dot in its id; what is behind the last dot is the check sum. */
const PARTS = /^(\d{1,15})\.([A-Za-z0-9_.-]{1,64})\.([\w-]+)$/;

/**
 * A place in a list as an opaque text, and back.
 *
 * It is a place and no more: whose requests are listed comes from the token at each call, so no cursor, however made, leads to another's. Its
 * check sum refuses one that was changed, or belongs to another list, instead of giving a page that makes no sense.
 */
export function encodeCursor({ createdAt, requestId }: CreatedAt, scope: CursorScope): string {
  const place = `${createdAt}.${requestId}`;
  return Buffer.from(`${place}.${checkOf(place, scope)}`).toString("base64url");
}

/** @throws {ValidationError} when it is not what `encodeCursor` gave for this scope. */
export function decodeCursor(cursor: string, scope: CursorScope): CreatedAt {
  const text = Buffer.from(cursor, "base64url").toString();
  const [, createdAt = "", requestId = "", check = ""] = PARTS.exec(text) ?? [];
  const place = { createdAt: Number(createdAt), requestId };
  // Written again, so that what Base64 or a number reads alike, as leading zeros, is refused too.
  if (check === "" || checkOf(`${createdAt}.${requestId}`, scope) !== check || encodeCursor(place, scope) !== cursor) {
    const message = "is not a cursor of this list: it must be what the page before gave, with the same filter";
    throw new ValidationError({ details: { issues: [{ path: "cursor", message }] } });
  }
  return place;
}

function checkOf(place: string, scope: CursorScope): string {
  const entries = Object.entries(scope)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([place, entries]))
    .digest("base64url")
    .slice(0, 22);
}
