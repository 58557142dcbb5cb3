import { DuplicateRequestError, parse } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import type { FileStore } from "../files/fileStore.ts";
import type { RequestMetricName } from "../observability/metrics.ts";
import { noTracer } from "../observability/tracing/tracer.ts";
import type { Tracer } from "../observability/tracing/tracer.ts";
import type { NewRequest, RequestStore } from "../table/requestVerbs.ts";
import { payloadHash } from "./canonicalJson.ts";
import type { RoutedRequest } from "./routed.ts";
import { findUpload } from "./uploads.ts";

export interface SubmitDeps {
  readonly requests: Pick<RequestStore, "create">;
  readonly files: Pick<FileStore, "sizeOf">;
  readonly addMetric?: ((name: RequestMetricName, value: number) => void) | undefined;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
}

/**
 * Accepts an asynchronous request: checks its payload, stores it, and only then acknowledges it. From the stored item the table's
 * stream carries it on. The payload is stored as it was sent; the processor parses it again by the schema of its day. Of one that was
 * uploaded only the place is stored, and the processor is the first to read it.
 *
 * @throws {ValidationError} when the payload does not fit, or the upload is not there: nothing is stored.
 * @throws {PayloadTooLargeError} when the upload is over 10 MiB.
 * @throws {DuplicateRequestError} when the id is taken by anything but the same request of the same user.
 */
export async function submitRequest(request: RoutedRequest, deps: SubmitDeps): Promise<ServerMessage> {
  const { action, message, connection, requestId, correlationId, traceparent } = request;
  const { payload, payloadHash: hash } = await payloadOf(request, deps);
  const stored = await deps.requests.create({
    tenantId: connection.tenantId,
    requestId,
    userId: connection.userId,
    connectionId: connection.connectionId,
    action: action.name,
    payload,
    payloadHash: hash,
    metadata: message.metadata,
    correlationId,
    traceparent,
  });
  const { status } = stored.request;
  if (stored.created) deps.addMetric?.("RequestsSubmitted", 1);
  if (stored.created) return { type: "acknowledgment", request_id: requestId, status };
  const same = stored.request.userId === connection.userId && stored.request.action === action.name && stored.request.payloadHash === hash;
  if (!same) throw new DuplicateRequestError();
  return { type: "acknowledgment", request_id: requestId, status, duplicate: true, correlation_id: stored.request.correlationId };
}

async function payloadOf(request: RoutedRequest, deps: SubmitDeps): Promise<Pick<NewRequest, "payload" | "payloadHash">> {
  const { payload, uploaded } = request.message;
  if (uploaded !== undefined) {
    const upload = await findUpload(request, uploaded, deps.files);
    return { payload: upload, payloadHash: `upload:${upload.sha256}` };
  }
  await (deps.tracer ?? noTracer).segment("validate", () => parse(request.action.input, payload));
  return { payload: JSON.stringify(payload), payloadHash: payloadHash(payload) };
}
