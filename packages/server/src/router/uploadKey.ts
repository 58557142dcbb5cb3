import { uploadsPrefix } from "../files/fileKeys.ts";
import { encodeKeyPart } from "../table/keys.ts";

/** Whose upload it is, by the token; for which request; and base64 of its SHA-256. */
export interface UploadRef {
  readonly action: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly requestId: string;
  readonly sha256: string;
}

/**
 * The key of an upload: `<action>/uploads/<tenant>/<user>/<request>/<hash>`. With the hash in it another upload under the same id cannot
 * take the place of one that a request names; and no file of a tenant called `uploads` has six parts that end in a hash.
 */
export function uploadKey({ action, tenantId, userId, requestId, sha256 }: UploadRef): string {
  const hash = Buffer.from(sha256, "base64").toString("base64url");
  return `${uploadsPrefix(action)}${keySegment(tenantId)}/${keySegment(userId)}/${requestId}/${hash}`;
}

/** One segment of a path for any id: `.` and `..` would be taken for steps by whoever fetches the URL. */
function keySegment(id: string): string {
  return encodeKeyPart(id).replaceAll(".", "%2E");
}
