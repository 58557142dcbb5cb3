import { createHash } from "node:crypto";
import { parseUploadedPayload, ValidationError } from "@streamer/protocol";
import type { FileStore } from "../files/fileStore.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { StoredRequest, StoredUpload } from "../table/storedRequest.ts";

export interface PayloadDeps {
  readonly requests: Pick<RequestStore, "payloadOf">;
  readonly files: Pick<FileStore, "get">;
}

/**
 * The payload of a request, from the table or from where its client uploaded it.
 *
 * @throws {ValidationError} when the upload is gone, is not what was announced, or is no JSON.
 * @throws what the table or the bucket throws when it does not answer: to be tried again.
 */
export async function readPayload(request: StoredRequest, deps: PayloadDeps): Promise<unknown> {
  if (request.upload === undefined) return JSON.parse(await deps.requests.payloadOf(request)) as unknown;
  const bytes = await deps.files.get(request.upload.key);
  if (bytes === undefined) throw refused("is not there any more");
  assertAnnounced(bytes, request.upload);
  return parseUploadedPayload(bytes);
}

/** S3 has checked both when it took the upload; what is in the bucket by another way has not been. */
function assertAnnounced(bytes: Uint8Array, { sizeBytes, sha256 }: StoredUpload): void {
  if (bytes.byteLength !== sizeBytes) throw refused(`has ${bytes.byteLength} bytes instead of ${sizeBytes}`);
  if (createHash("sha256").update(bytes).digest("base64") !== sha256) throw refused("has another SHA-256 than was announced");
}

function refused(problem: string): ValidationError {
  return new ValidationError({ details: { issues: [{ path: "", message: `The uploaded payload ${problem}.` }] } });
}
