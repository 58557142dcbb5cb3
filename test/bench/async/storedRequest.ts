import type { Clock } from "@streamer/protocol";
import { createConnectionStore, createRequestStore, createSubscriptionStore, createUpdateStore } from "@streamer/server";
import type { TableConfig } from "@streamer/server";

/** The calls of one request in the order in which it makes them, and who makes them. Its floor is made of these. */
export const REQUEST_CALLS = [
  "UpdateItem: the message is counted on its connection",
  "PutItem: the request",
  "UpdateItem: the claim",
  "PutItem: the last progress",
  "Query: who watches it",
  "UpdateItem: the result",
  "Query: who watches it",
  "UpdateItem: what was posted is counted on the connection",
] as const;

const CONNECTION = "c1";

/** These calls by the stores, on which ElectroDB stands, one after the other and with nothing between them. */
export async function createStoredRequest(table: TableConfig, clock: Clock): Promise<(id: string) => Promise<void>> {
  const connections = createConnectionStore(table, clock);
  const requests = createRequestStore(table, clock);
  const subscriptions = createSubscriptionStore(table, clock);
  const updates = createUpdateStore(table);
  await connections.save({
    connectionId: CONNECTION,
    tenantId: "acme",
    userId: "ada",
    permissions: [],
    endpoint: "api.example/prod",
    tokenExpiresAt: 4_000_000_000,
    userAgent: "bench",
    ipAddress: "127.0.0.1",
  });
  return async (id) => {
    const ref = { tenantId: "acme", requestId: id };
    await connections.touch(CONNECTION);
    const { request } = await requests.create({
      ...ref,
      userId: "ada",
      connectionId: CONNECTION,
      action: "passing",
      payload: JSON.stringify({ text: "x".repeat(300) }),
      payloadHash: "0".repeat(64),
      metadata: undefined,
      correlationId: crypto.randomUUID(),
    });
    await requests.claim(ref, 60_000);
    const numbers = { request_id: id, sequence: 1_000_001, previous: 0, attempt: 1 };
    const update = { type: "progress", ...numbers, percentage: 100, message: "Completed", timestamp: 1 } as const;
    await updates.put(ref, update, request.expiresAt);
    await subscriptions.listByRequest(ref);
    const progress = { percentage: 100, message: "Completed", at: clock.now(), sequence: 1_000_001 };
    await requests.complete(ref, 1, { body: '{"done":true}', files: {} }, progress);
    await subscriptions.listByRequest(ref);
    await connections.addPosted(CONNECTION, 2);
  };
}
