import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createFakeClock } from "@streamer/protocol/testing";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { TableError } from "./errors.ts";
import { createRequestStore } from "./requestStore.ts";
import type { RequestStore } from "./requestVerbs.ts";
import { failureOf, ItemTooLargeError, MAX_ITEM_BODY_BYTES } from "./tableFailure.ts";
import { createUpdateStore } from "./updateStore.ts";

const ref = { tenantId: "t", requestId: "r" };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function errorOf(run: Promise<unknown>): Promise<TableError> {
  const error: unknown = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TableError);
  return error as TableError;
}

/** A DynamoDB that answers every call by this error, as AWS writes it. */
async function broken(status: number, type: string): Promise<RequestStore> {
  const server = createServer((_, response) => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "in words that nobody reads" }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return storeAt((server.address() as AddressInfo).port);
}
function storeAt(port: number, credentials = async () => ({ accessKeyId: "local", secretAccessKey: "local" })): RequestStore {
  const client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, region: "us-east-1", credentials, maxAttempts: 1 });
  return createRequestStore({ client, tableName: "t" }, createFakeClock());
}

describe("a table error tells apart, by names and statuses", () => {
  it.each([
    ["throttled", 400, "ProvisionedThroughputExceededException"],
    ["throttled", 400, "ThrottlingException"],
    ["throttled", 400, "RequestLimitExceeded"],
    ["unreachable", 500, "InternalServerError"],
    ["unreachable", 503, "SomethingNew"],
    ["denied", 400, "AccessDeniedException"],
    ["denied", 400, "UnrecognizedClientException"],
    ["denied", 400, "ExpiredTokenException"],
    ["missing", 400, "ResourceNotFoundException"],
    ["conflict", 400, "TransactionConflictException"],
    ["refused", 400, "ValidationException"],
    ["refused", 400, "SomethingNew"],
  ])("%s: %d %s", async (kind, status, type) => {
    const store = await broken(status, type);
    expect(await errorOf(store.get(ref))).toMatchObject({ kind, verb: "request.get", name: "TableError" });
    // A transition of one item, too.
    expect(await errorOf(store.claim(ref, 1))).toMatchObject({ kind, verb: "request.claim" });
  });

  it("unreachable: nobody listens", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(await errorOf(storeAt(port).get(ref))).toMatchObject({ kind: "unreachable" });
  });

  it("denied: there are no credentials", async () => {
    const store = storeAt(1, async () => {
      throw Object.assign(new Error("none"), { name: "CredentialsProviderError" });
    });
    expect(await errorOf(store.get(ref))).toMatchObject({ kind: "denied" });
  });

  it("what is no error at all is no worse than one", () => {
    expect([undefined, null, "text", 5].map((thrown) => failureOf(thrown))).toEqual(Array.from({ length: 4 }, () => "unreachable"));
  });
});

describe("on the engine", () => {
  let config: TableConfig;
  let store: RequestStore;
  beforeAll(async () => {
    config = await createTestTable();
    store = createRequestStore(config, createFakeClock());
  });
  const body = (bytes: number): string => JSON.stringify("x".repeat(bytes - 2));

  it("missing: there is no such table", async () => {
    const lost = createRequestStore({ ...config, tableName: "no-such-table" }, createFakeClock());
    expect(await errorOf(lost.get(ref))).toMatchObject({ kind: "missing" });
  });

  it("too large: a payload, a result and an update over what an item takes are not sent", async () => {
    const tooLong = body(MAX_ITEM_BODY_BYTES + 1);
    const request = sampleRequest();
    const refused = await errorOf(store.create({ ...request, payload: tooLong }));
    expect(refused).toMatchObject({ kind: "too_large", cause: { name: "ItemTooLargeError", sizeBytes: MAX_ITEM_BODY_BYTES + 1 } });
    expect(refused.cause).toBeInstanceOf(ItemTooLargeError);
    expect(await store.get(request)).toBeUndefined();

    await store.create(request);
    await store.claim(request, 60_000);
    expect(await errorOf(store.complete(request, 1, { body: tooLong, files: {} }, undefined))).toMatchObject({ kind: "too_large" });
    expect(await store.get(request)).toMatchObject({ status: "processing" });
    const chunk = { type: "chunk", request_id: request.requestId, sequence: 1, previous: 0, attempt: 1, data: [tooLong] } as const;
    expect(await errorOf(createUpdateStore(config).put(request, chunk, 4_000_000_000))).toMatchObject({ kind: "too_large" });
  });

  it("a body of the longest length that is let through fits, whatever the names are", async () => {
    const request = sampleRequest({ tenantId: "ä".repeat(200), requestId: "r".repeat(64), payload: body(MAX_ITEM_BODY_BYTES) });
    await expect(store.create(request)).resolves.toMatchObject({ created: true });
  });

  it("unreadable: a payload that is gone", async () => {
    const request = { ...sampleRequest(), payload: undefined };
    const stored = (await store.create(sampleRequest())).request;
    expect(await errorOf(store.payloadOf({ ...stored, requestId: request.requestId, payload: undefined }))).toMatchObject({
      kind: "unreadable",
    });
  });
});
