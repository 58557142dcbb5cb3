import { insertTexts } from "@streamer/protocol";
import type { RequestStore, StoredRequest, SubscriptionStore, UpdateStore } from "@streamer/server";
import type { RequestDetail } from "../contract.ts";
import type { ConsoleParts } from "./consoleParts.ts";
import { newestUpdates, toLiveRow, withoutAbsent } from "./requestRow.ts";

/** The newest of a request's updates that are shown. */
const MAX_UPDATES = 1_000;

export interface RequestDetailDeps extends Pick<ConsoleParts, "controls" | "bucketUrl"> {
  readonly requests: Pick<RequestStore, "payloadOf" | "resultOf">;
  readonly updates: Pick<UpdateStore, "listAfter">;
  readonly subscriptions: Pick<SubscriptionStore, "listByRequest">;
}

/** All that is known of one request. */
export async function requestDetail(request: StoredRequest, deps: RequestDetailDeps): Promise<RequestDetail> {
  const { requests, updates, subscriptions, controls, bucketUrl } = deps;
  const [row, payload, result, log, subscribed] = await Promise.all([
    toLiveRow(request, updates),
    payloadOf(request, requests),
    request.status === "completed" ? resultOf(request, requests, bucketUrl) : undefined,
    newestUpdates(request, updates, MAX_UPDATES),
    subscriptions.listByRequest(request),
  ]);
  const { connectionId, correlationId, metadata, dispatches, failureReason, leaseExpiresAt, cancelRequestedAt, error } = request;
  return withoutAbsent({
    ...row,
    connectionId,
    correlationId,
    payload,
    metadata,
    result,
    error: error && withoutAbsent({ code: error.code, details: error.details }),
    failureReason,
    expiresAt: request.expiresAt * 1000,
    leaseExpiresAt,
    cancelRequestedAt,
    dispatches,
    updates: log,
    watchers: [...new Set([connectionId, ...subscribed])],
    timeline: controls.hops.timelineOf(request.tenantId, request.requestId),
  });
}

/** Of one that its client uploaded, where it is. */
async function payloadOf(request: StoredRequest, requests: RequestDetailDeps["requests"]): Promise<unknown> {
  if (request.upload !== undefined) return { uploaded: { key: request.upload.key, size_bytes: request.upload.sizeBytes } };
  return JSON.parse(await requests.payloadOf(request)) as unknown;
}

/** With links in the places of its files; of one that is too large for a message, the link to it. */
async function resultOf(request: StoredRequest, requests: RequestDetailDeps["requests"], bucketUrl: string): Promise<unknown> {
  const result = await requests.resultOf(request);
  const urlOf = (key: string): string => `${bucketUrl}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const links = Object.fromEntries(Object.entries(result.files).map(([pointer, key]) => [pointer, urlOf(key)]));
  if (!("body" in result)) return { reference: { url: urlOf(result.key), size_bytes: result.sizeBytes } };
  return insertTexts(JSON.parse(result.body), links);
}
