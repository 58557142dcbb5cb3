import type { Clock } from "@streamer/protocol";
import { createCreatedList } from "./createdList.ts";
import type { TableConfig } from "./entities/model.ts";
import { tableCall } from "./errors.ts";
import { encodeKeyPart, tenantGroup } from "./keys.ts";
import { createRequestReads } from "./requestReads.ts";
import { createRequestTable, DISPATCH_GRACE_MS, INLINE_BODY_BYTES, keyOf, openWork, taken } from "./requestTable.ts";
import type { RequestTable } from "./requestTable.ts";
import type { RequestStore } from "./requestVerbs.ts";
import { fromItem } from "./storedRequest.ts";
import { createSweeperTransitions } from "./sweeperTransitions.ts";
import { checkItemBody } from "./tableFailure.ts";
import { createUserTransitions } from "./userTransitions.ts";
import { createWorkerTransitions } from "./workerTransitions.ts";

/** Requests in the table of `config`. */
export function createRequestStore(config: TableConfig, clock: Clock): RequestStore {
  const table = createRequestTable(config, clock);
  return {
    create: (request) => create(request, table),
    ...createRequestReads(table),
    listCreated: createCreatedList(table),
    ...createWorkerTransitions(table),
    ...createUserTransitions(table, config),
    ...createSweeperTransitions(table),
  };
}

async function create(request: Parameters<RequestStore["create"]>[0], table: RequestTable): ReturnType<RequestStore["create"]> {
  const { requests, service, clock } = table;
  const now = clock.now();
  const { payload } = request;
  const apart = typeof payload === "string" && Buffer.byteLength(payload) > INLINE_BODY_BYTES ? payload : undefined;
  const item = {
    ...keyOf(request),
    tenant_group: tenantGroup(request.tenantId),
    user_id: encodeKeyPart(request.userId),
    connection_id: request.connectionId,
    action: request.action,
    payload_hash: request.payloadHash,
    correlation_id: request.correlationId,
    ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
    status: "pending",
    attempt: 0,
    created_at: now,
    dispatches: 0,
    expires_at: table.expiresAt(),
    ...openWork(request, now + DISPATCH_GRACE_MS),
    ...(request.metadata === undefined ? {} : { metadata: JSON.stringify(request.metadata) }),
    ...(typeof payload === "string" ? (apart === undefined ? { payload } : {}) : { upload: JSON.stringify(payload) }),
  } as const;
  if (apart === undefined) {
    const answer = await tableCall("request.create", () => requests.create(item).go({ returnOnConditionCheckFailure: "all_old" }));
    if (!answer.rejected) return { created: true, request: fromItem(answer.data) };
    return { created: false, request: taken("request.create", answer.data) };
  }
  const body = { ...keyOf(request), body: apart, expires_at: item.expires_at };
  const answer = await tableCall("request.create", async () => {
    checkItemBody(apart);
    return service.transaction
      .write((entities) => [entities.requests.create(item).commit({ response: "all_old" }), entities.payloads.put(body).commit()])
      .go();
  });
  if (!answer.canceled) return { created: true, request: fromItem(item) };
  return { created: false, request: taken("request.create", answer.data[0]?.item) };
}
