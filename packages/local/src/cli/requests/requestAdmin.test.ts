import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { createRequestStore, createUpdateStore, tableDefinition } from "@streamer/server";
import type { RequestStore, StoredRequest } from "@streamer/server";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { createTable } from "../../engine/createTable.ts";
import { createRequestAdmin } from "./requestAdmin.ts";

/** An admin on a real table; what watchers are told is kept. */
async function open(overrides: (requests: RequestStore) => Partial<RequestStore> = () => ({})) {
  const client = new DynamoDBClient({
    endpoint: inject("dynamodbEndpoint"),
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const table = { client, tableName: `requests-${crypto.randomUUID()}` };
  await createTable(client, table.tableName, tableDefinition);
  const clock = createFakeClock();
  const requests = createRequestStore(table, clock);
  const updates = createUpdateStore(table);
  const told: { readonly requestId: string; readonly message: ServerMessage; readonly status: string | undefined }[] = [];
  const admin = createRequestAdmin({
    requests: { ...requests, ...overrides(requests) },
    updates,
    async tell(request, message) {
      // As it stands in the table by then: who is told must find it so.
      told.push({ requestId: request.requestId, message, status: (await requests.getConsistent(request))?.status });
    },
  });

  const create = async (
    requestId: string,
    { tenantId = "acme", userId = "ada", action = "report", connectionId = "c1" } = {},
  ): Promise<StoredRequest> => {
    await clock.advance(1_000);
    const { request } = await requests.create({
      tenantId,
      userId,
      requestId,
      action,
      connectionId,
      payload: '{"secret":1}',
      payloadHash: "hash",
      metadata: undefined,
      correlationId: "k",
    });
    return request;
  };
  const start = async (...args: Parameters<typeof create>): Promise<StoredRequest> => {
    const request = await create(...args);
    await requests.claim(request, 60_000);
    return request;
  };
  const fail = async (requestId: string, code: "TIMEOUT" | "PROCESSING_FAILED", ...rest: [{ tenantId?: string; action?: string }?]) => {
    const request = await start(requestId, ...rest);
    await requests.fail(request, 1, { code, reason: "the disk is full" }, undefined);
    return request;
  };
  return { admin, requests, updates, told, clock, create, start, fail };
}

let world: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  world = await open();
});
const idsOf = (requests: readonly StoredRequest[]): string[] => requests.map((request) => request.requestId);
const ref = (requestId: string, tenantId = "acme") => ({ requestId, tenantId });

/** One request of `acme` in every state, and a pending one of `other`. */
async function fill(): Promise<void> {
  const { create, start, fail, requests } = world;
  await fail("failed-1", "TIMEOUT");
  await fail("failed-2", "PROCESSING_FAILED", { action: "import" });
  await requests.complete(await start("completed"), 1, { body: "1", files: {} }, undefined);
  await requests.cancel(await create("cancelled"), undefined);
  await start("running", { userId: "bob" });
  await create("pending", { userId: "bob" });
  await create("elsewhere", { tenantId: "other" });
}

describe("list", () => {
  it("is of a tenant or of one of its users, newest first, in every state", async () => {
    await fill();
    expect(idsOf((await world.admin.list({ tenant: "acme", limit: 10 })).requests)).toEqual([
      "pending",
      "running",
      "cancelled",
      "completed",
      "failed-2",
      "failed-1",
    ]);
    expect(idsOf((await world.admin.list({ tenant: "acme", user: "bob", limit: 10 })).requests)).toEqual(["pending", "running"]);
  });

  it("is of a connection what it submitted, of a tenant or status when that is said too", async () => {
    await fill();
    await world.create("mine-1", { connectionId: "c2" });
    await world.create("mine-2", { connectionId: "c2" });
    await world.requests.cancel(ref("mine-2"), undefined);
    const list = async (filter: object) => idsOf((await world.admin.list({ limit: 100, connection: "c2", ...filter })).requests);
    expect(await list({})).toEqual(["mine-2", "mine-1"]);
    expect(await list({ status: "cancelled" })).toEqual(["mine-2"]);
    expect(await list({ tenant: "other" })).toEqual([]);
    expect(await list({ tenant: "acme", user: "ada" })).toEqual(["mine-2", "mine-1"]);
    expect(await list({ connection: "c9" })).toEqual([]);
  });

  it("is of all tenants the open ones, those due first, and then the dead letters", async () => {
    await fill();
    const { requests, more } = await world.admin.list({ limit: 10 });
    expect(idsOf(requests)).toEqual(["running", "pending", "elsewhere", "failed-1", "failed-2"]);
    expect(more).toBe(false);
  });

  it("can be of one status, action or code", async () => {
    await fill();
    const list = async (filter: object) => idsOf((await world.admin.list({ limit: 10, ...filter })).requests);
    expect(await list({ status: "failed" })).toEqual(["failed-1", "failed-2"]);
    expect(await list({ status: "processing" })).toEqual(["running"]);
    expect(await list({ tenant: "acme", status: "completed" })).toEqual(["completed"]);
    expect(await list({ action: "import" })).toEqual(["failed-2"]);
    expect(await list({ code: "TIMEOUT" })).toEqual(["failed-1"]);
  });

  it("says when the limit cut it, and only then", async () => {
    await fill();
    expect(await world.admin.list({ limit: 5 })).toMatchObject({ more: false });
    const cut = await world.admin.list({ limit: 4 });
    expect([idsOf(cut.requests), cut.more]).toEqual([["running", "pending", "elsewhere", "failed-1"], true]);
    expect(await world.admin.list({ tenant: "acme", limit: 1 })).toMatchObject({ more: true, requests: [{ requestId: "pending" }] });
  });

  it("goes on over pages, also when few of a page are wanted", async () => {
    await Promise.all(Array.from({ length: 150 }, (_, n) => world.create(`many-${n}`, { action: n === 0 ? "rare" : "report" })));
    expect((await world.admin.list({ limit: 1_000 })).requests).toHaveLength(150);
    expect(idsOf((await world.admin.list({ tenant: "acme", action: "rare", limit: 10 })).requests)).toEqual(["many-0"]);
  });
});

describe("find", () => {
  it("gives the open or failed requests of an id, of each tenant that has one", async () => {
    await fill();
    await world.create("pending", { tenantId: "other" });
    expect((await world.admin.find("failed-1")).map(({ tenantId }) => tenantId)).toEqual(["acme"]);
    expect((await world.admin.find("pending")).map(({ tenantId }) => tenantId).toSorted()).toEqual(["acme", "other"]);
    expect(await world.admin.find("completed")).toEqual([]);
    expect(await world.admin.find("never-was")).toEqual([]);
  });
});

describe("show", () => {
  it("gives the request with the number of its updates", async () => {
    const request = await world.start("r1");
    for (let n = 1; n <= 3; n += 1) {
      const update = { type: "chunk", request_id: "r1", sequence: 1_000_000 + n, previous: 0, attempt: 1, data: [n] } as const;
      await world.updates.put(request, update, request.expiresAt);
    }
    expect(await world.admin.show(ref("r1"))).toMatchObject({ request: { status: "processing", attempt: 1 }, updates: 3 });
    expect(await world.admin.show(ref("r1", "other"))).toBeUndefined();
  });
});

describe("payloadOf", () => {
  it("gives the payload as it stands in the table, and nothing of one that was uploaded", async () => {
    const request = await world.create("r1");
    expect(await world.admin.payloadOf(request)).toBe('{"secret":1}');
    const upload = { key: "uploads/r1", sizeBytes: 70_000, sha256: "x" };
    expect(await world.admin.payloadOf({ ...request, payload: undefined, upload })).toBeUndefined();
  });
});

describe("cancel", () => {
  it("ends one that waits, then tells who watches, with the reason", async () => {
    await world.create("r1");
    expect(await world.admin.cancel(ref("r1"), "wrong input")).toMatchObject({ outcome: "cancelled", request: { status: "cancelled" } });
    expect(world.told).toEqual([
      { requestId: "r1", status: "cancelled", message: { type: "cancelled", request_id: "r1", reason: "wrong input" } },
    ]);
  });

  it("has the worker of one that runs end it, and tells nobody an end that has not come", async () => {
    await world.start("r1");
    expect(await world.admin.cancel(ref("r1"), undefined)).toMatchObject({ outcome: "cancelling", request: { status: "processing" } });
    expect(await world.requests.getConsistent(ref("r1"))).toMatchObject({ cancelRequestedAt: world.clock.now() });
    expect(world.told).toEqual([]);
  });

  it("ends one that is put off for a retry just as it is cancelled", async () => {
    world = await open((requests) => ({
      async requestCancel(which, reason) {
        await requests.retry(which, 1, { at: world.clock.now() + 60_000 }, undefined);
        return requests.requestCancel(which, reason);
      },
    }));
    await world.start("r1");
    expect(await world.admin.cancel(ref("r1"), undefined)).toMatchObject({ outcome: "cancelled", request: { status: "cancelled" } });
  });

  it("leaves one that has ended as it is, and one that is not there", async () => {
    await world.fail("r1", "TIMEOUT");
    expect(await world.admin.cancel(ref("r1"), undefined)).toMatchObject({ outcome: "refused", request: { status: "failed" } });
    expect(await world.admin.cancel(ref("r1", "other"), undefined)).toBeUndefined();
    expect(world.told).toEqual([]);
  });
});

describe("redrive", () => {
  it.each([
    ["failed", () => world.fail("r1", "TIMEOUT"), 1],
    ["cancelled", async () => world.requests.cancel(await world.create("r1"), undefined), 0],
  ])("lets one that %s wait again, its attempts anew, then tells who watches", async (_, end, attempt) => {
    await end();
    expect(await world.admin.redrive(ref("r1"), false)).toMatchObject({
      outcome: "redriven",
      request: { status: "pending", attempt, uncountedAttempts: attempt, error: undefined },
    });
    const message = { type: "status", request_id: "r1", status: "pending", attempt };
    expect(world.told).toEqual([{ requestId: "r1", status: "pending", message }]);
  });

  it.each([
    ["completed", async () => world.requests.complete(await world.start("r1"), 1, { body: "1", files: {} }, undefined)],
    ["pending", () => world.create("r1")],
    ["processing", () => world.start("r1")],
  ])("leaves one that is %s as it is", async (status, make) => {
    await make();
    const before = await world.requests.getConsistent(ref("r1"));
    for (const dryRun of [true, false]) {
      expect(await world.admin.redrive(ref("r1"), dryRun)).toMatchObject({ outcome: "refused", request: { status } });
    }
    expect(await world.requests.getConsistent(ref("r1"))).toEqual(before);
    expect(world.told).toEqual([]);
  });

  it("that is only tried changes nothing", async () => {
    await world.fail("r1", "TIMEOUT");
    expect(await world.admin.redrive(ref("r1"), true)).toMatchObject({ outcome: "to_redrive" });
    expect(await world.requests.getConsistent(ref("r1"))).toMatchObject({ status: "failed" });
    expect(world.told).toEqual([]);
  });

  it("of what is not there says so", async () => {
    for (const dryRun of [true, false]) expect(await world.admin.redrive(ref("r1"), dryRun)).toBeUndefined();
  });
});

describe("redrive of an action's dead letters", () => {
  const which = { action: "report", limit: 100, dryRun: false };
  const outcomes = async (overrides: object = {}) => {
    const { changes, more } = await world.admin.redriveAll({ ...which, ...overrides });
    return { changes: changes.map(({ request, outcome }) => [request.requestId, outcome]), more };
  };

  it("is of all of that action, and of no other; none of them fails for long", async () => {
    for (const id of ["a", "b", "c"]) await world.fail(id, "TIMEOUT");
    await world.fail("other-action", "TIMEOUT", { action: "import" });
    await world.create("open");
    const redriven = [
      ["a", "redriven"],
      ["b", "redriven"],
      ["c", "redriven"],
    ];
    expect(await outcomes()).toEqual({ changes: redriven, more: false });
    expect(idsOf((await world.admin.list({ status: "failed", limit: 10 })).requests)).toEqual(["other-action"]);
    expect(world.told.map(({ requestId }) => requestId).toSorted()).toEqual(["a", "b", "c"]);
    expect(await outcomes()).toEqual({ changes: [], more: false });
  });

  it("can be of one code, of one tenant, and of the oldest only", async () => {
    await world.fail("a", "TIMEOUT");
    await world.fail("b", "PROCESSING_FAILED");
    await world.fail("c", "TIMEOUT", { tenantId: "other" });
    const tried = { dryRun: true };
    expect(await outcomes({ ...tried, code: "PROCESSING_FAILED" })).toMatchObject({ changes: [["b", "to_redrive"]] });
    expect(await outcomes({ ...tried, tenant: "other" })).toMatchObject({ changes: [["c", "to_redrive"]] });
    expect(await outcomes({ ...tried, limit: 1 })).toEqual({ changes: [["a", "to_redrive"]], more: true });
    expect(world.told).toEqual([]);
    expect((await world.admin.list({ status: "failed", limit: 10 })).requests).toHaveLength(3);
  });

  it("goes on when one fails, and says which", async () => {
    world = await open((requests) => ({
      redrive: (request) => (request.requestId === "a" ? Promise.reject(new Error("throttled")) : requests.redrive(request)),
    }));
    for (const id of ["a", "b"]) await world.fail(id, "TIMEOUT");
    expect(await world.admin.redriveAll(which)).toMatchObject({
      changes: [
        { outcome: "failed", request: { requestId: "a" }, error: { message: "throttled" } },
        { outcome: "redriven", request: { requestId: "b" } },
      ],
    });
  });
});
