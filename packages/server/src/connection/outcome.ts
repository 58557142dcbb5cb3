import { errorFromBody } from "@streamer/protocol";
import type { CompleteMessage, OutcomeMessage } from "@streamer/protocol";
import type { FileStore } from "../files/fileStore.ts";
import type { StoredResult } from "../table/requestVerbs.ts";
import type { StoredFailure } from "../table/storedRequest.ts";
import { insertUrls } from "./resultFiles.ts";

/** How a request ended, from the table or from the worker that settles it. */
export type Outcome =
  | { readonly status: "completed"; readonly result: StoredResult }
  | { readonly status: "failed"; readonly failure: StoredFailure }
  | { readonly status: "cancelled"; readonly reason: string | undefined };

/** The terminal message of a request. Files are signed anew each time: a presigned URL dies with its signer's session. */
export async function outcomeMessage(
  requestId: string,
  outcome: Outcome,
  endedAtMs: number,
  files: Pick<FileStore, "sign">,
): Promise<OutcomeMessage> {
  switch (outcome.status) {
    case "completed": {
      const result = await signedResult(outcome.result, files);
      return { type: "complete", request_id: requestId, result, timestamp: Math.floor(endedAtMs / 1000) };
    }
    case "failed": {
      const { code, details } = outcome.failure;
      // A code that newer code has stored, before it was taken back, is none of ours.
      const error = errorFromBody({ code, message: "", retryable: false, ...(details === undefined ? {} : { details }) });
      return { type: "error", request_id: requestId, error: error.toBody(), final: true };
    }
    case "cancelled":
      return { type: "cancelled", request_id: requestId, ...(outcome.reason === undefined ? {} : { reason: outcome.reason }) };
  }
}

async function signedResult(result: StoredResult, files: Pick<FileStore, "sign">): Promise<CompleteMessage["result"]> {
  const signed = await Promise.all(Object.entries(result.files).map(async ([pointer, key]) => [pointer, await files.sign(key)] as const));
  const urls = Object.fromEntries(signed);
  if ("body" in result) return { success: true, data: insertUrls(result.body, urls) };
  const reference = { url: await files.sign(result.key), size_bytes: result.sizeBytes };
  return { success: true, reference: signed.length === 0 ? reference : { ...reference, files: urls } };
}
