import {
  InvalidMessageError,
  isAsync,
  MAX_BODY_BYTES,
  MAX_FRAME_BYTES,
  PayloadTooLargeError,
  UPLOAD_URL_LIFETIME_SECONDS,
  ValidationError,
} from "@streamer/protocol";
import type { Action, Clock, RequestMessage, ServerMessage, UploadMessage } from "@streamer/protocol";
import type { FileStore } from "../files/fileStore.ts";
import type { StoredUpload } from "../table/storedRequest.ts";
import type { Routed, RoutedRequest } from "./routed.ts";
import { uploadKey } from "./uploadKey.ts";

export interface UploadDeps {
  readonly files: Pick<FileStore, "signUpload">;
  readonly clock: Clock;
}

/**
 * Says where the payload of a request to come may be uploaded. Nothing is stored: the place follows from who asks and what will come.
 *
 * @throws {PayloadTooLargeError} over 10 MiB.
 */
export async function signUpload({ message, connection }: Routed<UploadMessage>, deps: UploadDeps): Promise<ServerMessage> {
  const { request_id: requestId, action, sha256, size_bytes: sizeBytes } = message;
  assertSize(sizeBytes);
  // Before the signing: the URL must not be thought to live longer than it does.
  const expiresAt = Math.floor(deps.clock.now() / 1000) + UPLOAD_URL_LIFETIME_SECONDS;
  const { tenantId, userId } = connection;
  const { url, headers } = await deps.files.signUpload(uploadKey({ action, tenantId, userId, requestId, sha256 }), { sizeBytes, sha256 });
  return { type: "upload", request_id: requestId, url, headers: { ...headers }, expires_at: expiresAt };
}

/**
 * The upload that a request names, found to be there. Where it is follows from the request's sender: nobody else's can be named.
 *
 * @throws {PayloadTooLargeError} over 10 MiB.
 * @throws {ValidationError} when there is none of this size and hash under the request's id.
 */
export async function findUpload(
  { action, message, connection, requestId }: RoutedRequest,
  uploaded: NonNullable<RequestMessage["uploaded"]>,
  files: Pick<FileStore, "sizeOf">,
): Promise<StoredUpload> {
  const { size_bytes: sizeBytes, sha256 } = uploaded;
  if (message.id === undefined) throw new InvalidMessageError({ details: { reason: "uploaded needs the id that it was uploaded under" } });
  assertSize(sizeBytes);
  const { tenantId, userId } = connection;
  const key = uploadKey({ action: action.name, tenantId, userId, requestId, sha256 });
  const found = await files.sizeOf(key);
  if (found === undefined) throw refused("Nothing of this SHA-256 was uploaded under this id for this action.");
  if (found !== sizeBytes) throw refused(`The upload has ${found} bytes, and the request says ${sizeBytes}.`);
  return { key, sizeBytes, sha256 };
}

/** @throws {PayloadTooLargeError} for a short action, whose payload is in its message. */
export function assertTakesUploads(action: Action, sizeBytes: number, asyncThresholdMs: number): void {
  if (isAsync(action, asyncThresholdMs)) return;
  throw new PayloadTooLargeError({ details: { size_bytes: sizeBytes, limit_bytes: MAX_FRAME_BYTES } });
}

function assertSize(sizeBytes: number): void {
  if (sizeBytes > MAX_BODY_BYTES) throw new PayloadTooLargeError({ details: { size_bytes: sizeBytes, limit_bytes: MAX_BODY_BYTES } });
}

function refused(message: string): ValidationError {
  return new ValidationError({ details: { issues: [{ path: "", message }] } });
}
