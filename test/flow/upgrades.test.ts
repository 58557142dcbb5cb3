import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createClient } from "@streamer/client";
import type { RequestStatus } from "@streamer/protocol";
import { pendingEventDetail } from "@streamer/server";
import type { StoredRequest } from "@streamer/server";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { connectWire } from "../support/wireClient.ts";
import type { Frame, WireClient } from "../support/wireClient.ts";
import { HOUR_MS, MINUTE_MS, WAIT } from "./failing/failingStack.ts";
import { endOf } from "./failing/person.ts";
import { deploy } from "./upgrading/deployment.ts";
import type { Deployment } from "./upgrading/deployment.ts";
import type { actions as newActions } from "./upgradesApp/new/src/actions/index.ts";
import type { actions as oldActions } from "./upgradesApp/old/src/actions/index.ts";

/** Worked on by the code that takes them. The requests of all others wait for the next version. */
const WORKED_ON_BY_OLD = new Set(["change_output", "change_progress", "removed_midway", "fewer_attempts", "other_limits"]);
const HELD_BY_NEW = new Set(["add_optional", "rename_kept", "added"]);

/** What the old code takes: id → action and payload. */
const TAKEN_BY_OLD = {
  optional: ["add_optional", { name: "chair" }],
  required: ["add_required", { name: "chair" }],
  kept: ["rename_kept", { colour: "red" }],
  bare: ["rename_bare", { colour: "red" }],
  removed: ["remove_field", { name: "chair", note: "for the hall" }],
  done: ["change_output", { name: "chair" }],
  unreadable: ["change_output", { name: "chair" }],
  old_name: ["old_name", { name: "chair" }],
  renamed_away: ["renamed_away", { name: "chair" }],
  midway: ["removed_midway", { name: "chair" }],
  sync: ["to_sync", { name: "chair" }],
  sync_for_long: ["to_sync", { name: "chair" }],
  attempts: ["fewer_attempts", { name: "chair" }],
  limits: ["other_limits", { name: "chair" }],
  older_item: ["add_optional", { name: "table" }],
  newer_item: ["add_optional", { name: "lamp" }],
} as const satisfies Record<string, readonly [action: string, payload: object]>;

/** Attributes that this code knows nothing of. */
const FROM_THE_FUTURE = { priority: { N: "7" }, labels: { M: { room: { S: "hall" } } } };

let dataDir: string;
let log: string;
let now: Deployment;
let wire: WireClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-upgrades-"));
  log = join(dataDir, "effects.log");
  await writeFile(log, "");
  await goTo("old", (action) => !WORKED_ON_BY_OLD.has(action));
  for (const [id, [action, payload]] of Object.entries(TAKEN_BY_OLD)) submit(id, action, payload);
  submit("progress", "change_progress", { log });
  await wire.waitFor(() => acknowledged() === Object.keys(TAKEN_BY_OLD).length + 1);
  await Promise.all([
    ...["done", "unreadable"].map((id) => becomes(id, "completed")),
    ...["progress", "attempts", "limits"].map((id) => becomes(id, "retrying")),
    becomes("midway", "processing"),
  ]);
  // As the first code wrote it, and as some later code may.
  await now.rewrite("older_item", { tenant_group: undefined, metadata: undefined });
  await now.rewrite("newer_item", FROM_THE_FUTURE);
  await now.rewrite("unreadable", { body: { S: '{"type":"artifact","request_id":"unreadable"}' } }, "update#000001000001");
  await leave();
}, 120_000);
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function goTo(version: "old" | "new", held?: (action: string) => boolean): Promise<void> {
  now = await deploy(version, dataDir, held && { held });
  wire = await connectWire(now.stack.websocketUrl, now.token);
}

async function leave(): Promise<void> {
  await wire.close();
  await now.stop();
}

function submit(id: string, action: string, payload: object): void {
  wire.send({ id, action, payload });
}

const acknowledged = (): number => wire.frames.filter(({ type }) => type === "acknowledgment").length;

async function stored(id: string): Promise<StoredRequest> {
  const request = await now.requests.getConsistent(now.refOf(id));
  if (request === undefined) throw new Error(`There is no request ${id}.`);
  return request;
}

const becomes = (id: string, status: RequestStatus): Promise<boolean> =>
  vi.waitUntil(async () => (await stored(id)).status === status, WAIT);

function endOfRequest(id: string): Promise<Frame> {
  wire.send({ type: "subscribe", request_id: id });
  return endOf(wire, id);
}

const completed = (data: unknown) => ({ type: "complete", result: { success: true, data } });
const failed = (code: string, details?: object) => ({ type: "error", final: true, error: { code, ...(details && { details }) } });
const issueAt = (path: string) => failed("VALIDATION_ERROR", { issues: [{ path, message: expect.any(String) as string }] });

describe("the new code, on what the old has stored", () => {
  beforeAll(() => goTo("new", (action) => HELD_BY_NEW.has(action)), 120_000);
  afterAll(leave);

  describe("the input", () => {
    it.each([
      ["a field that was added with a default has it", "optional", completed({ saw: { name: "chair", size: "medium" } })],
      ["a field that was renamed, and is taken under both names, arrives under the new", "kept", completed({ saw: { color: "red" } })],
      ["a field that was removed is left out", "removed", completed({ saw: { name: "chair" } })],
      ["an action whose old name was kept works under it", "old_name", completed({ saw: { name: "chair" } })],
      ["an item without the attributes that came later is worked on", "older_item", completed({ saw: { name: "table", size: "medium" } })],
      ["an item with attributes of even newer code is worked on", "newer_item", completed({ saw: { name: "lamp", size: "medium" } })],
    ])("%s", async (_, id, expected) => {
      expect(await endOfRequest(id)).toMatchObject(expected);
    });

    it.each([
      ["a field that was added and is required", "required", "size"],
      ["a field that was renamed", "bare", "color"],
    ])("%s fails the request at its first attempt, and the client is told of the field", async (_, id, path) => {
      expect(await endOfRequest(id)).toMatchObject(issueAt(path));
      expect((await stored(id)).attempt).toBe(1);
    });

    it("attributes of newer code are still there after this code has written", async () => {
      await endOfRequest("newer_item");
      expect(await now.item("newer_item")).toMatchObject({ ...FROM_THE_FUTURE, status: { S: "completed" }, attempt: { N: "1" } });
    });
  });

  describe("what was told", () => {
    it("a result is given as the old code stored it: its readers take both forms", async () => {
      const api = createClient<typeof newActions>({ url: now.stack.websocketUrl, token: now.token });
      onTestFinished(() => api.$client.close());
      expect(await api.changeOutput.get("done").result()).toEqual({ total: 3 });
      expect(await api.changeOutput.submit({ name: "chair" }).result()).toEqual({ sum: 3 });
    });

    it("an update that this code cannot read is a gap, and the outcome comes", async () => {
      expect(await endOfRequest("unreadable")).toMatchObject(completed({ total: 3 }));
      const subscribed = await wire.waitFor((frame) => frame["type"] === "subscribed" && frame["request_id"] === "unreadable");
      expect(subscribed).toMatchObject({ updates: [], gap: { from: 1, to: 1_000_001 } });
    });

    it("an attempt of the new code goes on after one of the old: its steps are not done again, a renamed one is, both kinds of progress come", async () => {
      await now.letTimePass("progress", HOUR_MS + MINUTE_MS);
      const api = createClient<typeof newActions>({ url: now.stack.websocketUrl, token: now.token });
      onTestFinished(() => api.$client.close());
      const handle = api.changeProgress.get("progress");
      // In the form that the old code's step gave it.
      expect(await handle.result()).toEqual({ charge: { id: "ch-1" } });
      expect((await readFile(log, "utf8")).trim().split("\n")).toEqual(["old 1 charge", "old 1 mail", "new 2 letter"]);
      const told: unknown[] = [];
      for await (const update of handle.updates()) if (update.type === "progress") told.push([update.attempt, update.metadata]);
      expect(told).toEqual([
        [1, { rows: 10 }],
        [2, { done: 1, of: 2 }],
        [2, undefined],
      ]);
    });
  });

  describe("an action that is gone", () => {
    it("leaves its waiting requests alone for a quarter of an hour, and then they fail with INVALID_ACTION", async () => {
      await now.letTimePass("renamed_away", 2 * MINUTE_MS);
      await now.swept();
      expect(await stored("renamed_away")).toMatchObject({ status: "pending", dispatches: 1 });
      await now.letTimePass("renamed_away", 15 * MINUTE_MS);
      expect(await endOfRequest("renamed_away")).toMatchObject(failed("INVALID_ACTION"));
    });

    it("does the same for one that was being worked on, from the end of its lease", async () => {
      await now.letTimePass("midway", MINUTE_MS);
      await now.swept();
      expect(await stored("midway")).toMatchObject({ status: "processing", attempt: 1 });
      await now.letTimePass("midway", 15 * MINUTE_MS);
      expect(await endOfRequest("midway")).toMatchObject(failed("INVALID_ACTION"));
    });

    it("is refused to who sends it now", async () => {
      submit("too_late", "renamed_away", { name: "chair" });
      const refusal = await wire.waitFor((frame) => frame["type"] === "error" && frame["request_id"] === "too_late");
      expect(refusal).toMatchObject({ error: { code: "INVALID_ACTION" } });
    });
  });

  describe("an action that was asynchronous and is not any more", () => {
    it("leaves its requests waiting: nobody works on them, and they expire after a day", async () => {
      await now.letTimePass("sync", 2 * MINUTE_MS);
      await now.swept();
      expect(await stored("sync")).toMatchObject({ status: "pending", dispatches: 1, attempt: 0 });
      await now.letTimePass("sync_for_long", 24 * HOUR_MS + MINUTE_MS);
      expect(await endOfRequest("sync_for_long")).toMatchObject(failed("EXPIRED"));
    });

    it("answers who sends such a request again at once, and the stored one stays", async () => {
      submit("sync", "to_sync", { name: "chair" });
      const response = await wire.waitFor((frame) => frame["type"] === "response" && frame["request_id"] === "sync");
      expect(response).toMatchObject({ success: true, data: { saw: { name: "chair" } } });
      expect((await stored("sync")).status).toBe("pending");
    });
  });

  it("an action that has become asynchronous gives a client of the old code its result all the same", async () => {
    const api = createClient<typeof oldActions>({ url: now.stack.websocketUrl, token: now.token });
    onTestFinished(() => api.$client.close());
    expect(await api.toAsync.submit({ name: "chair" }).result()).toEqual({ saw: { name: "chair" } });
  });

  describe("limits that were changed", () => {
    it("other times hold from the next attempt on", async () => {
      await now.letTimePass("limits", HOUR_MS + MINUTE_MS);
      expect(await endOfRequest("limits")).toMatchObject(completed({ saw: { name: "chair", attempt: 2 } }));
      expect(await stored("limits")).toMatchObject({ attempt: 2 });
    });

    it("fewer attempts: a request that has had more does not run again, and fails with WORKER_LOST", async () => {
      await now.letTimePass("attempts", HOUR_MS + MINUTE_MS);
      expect(await endOfRequest("attempts")).toMatchObject(failed("WORKER_LOST"));
    });
  });

  describe("an event in a queue", () => {
    it.each([
      ["of older code, without what came later", (detail: object) => ({ ...detail, tenant_group: undefined })],
      ["of newer code, with what this one does not know", (detail: object) => ({ ...detail, priority: 7 })],
    ])("%s starts its request", async (title, change) => {
      const id = `event_${title.includes("older") ? "older" : "newer"}`;
      submit(id, "added", { name: "chair" });
      await wire.waitFor((frame) => frame["type"] === "acknowledgment" && frame["request_id"] === id);
      await sendEvent("added", change(pendingEventDetail(await stored(id))));
      expect(await endOfRequest(id)).toMatchObject(completed({ saw: { name: "chair" } }));
    });

    async function sendEvent(queue: string, detail: object): Promise<void> {
      const credentials = { accessKeyId: "local", secretAccessKey: "local" };
      const sqs = new SQSClient({ endpoint: now.stack.sqsEndpoint, region: "us-east-1", credentials });
      onTestFinished(() => sqs.destroy());
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
      const MessageBody = JSON.stringify({ id: "e1", source: "streamer", "detail-type": "streamer.request", detail });
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
  });

  it("acknowledges what it may not come to any more: see below", async () => {
    submit("back_optional", "add_optional", { name: "chair", size: "small" });
    submit("back_renamed", "rename_kept", { color: "red" });
    submit("back_added", "added", { name: "chair" });
    for (const id of ["back_optional", "back_renamed", "back_added"])
      expect(await wire.waitFor((frame) => frame["request_id"] === id)).toMatchObject({ type: "acknowledgment", status: "pending" });
  });
});

describe("the old code, on what the new has stored: while a deployment rolls, or when it is taken back", () => {
  beforeAll(() => goTo("old"), 120_000);
  afterAll(leave);

  it.each([
    ["a field that it does not know is left out", "back_optional", completed({ saw: { name: "chair" } })],
    ["a field under a name that it does not know fails the request", "back_renamed", issueAt("colour")],
    ["what waits for an action that is asynchronous again is worked on", "sync", completed({ saw: { name: "chair" } })],
  ])("%s", async (_, id, expected) => {
    expect(await endOfRequest(id)).toMatchObject(expected);
  });

  it("a request of an action that it does not know waits: the code that does may be a minute away", async () => {
    await now.letTimePass("back_added", 2 * MINUTE_MS);
    await now.swept();
    expect(await stored("back_added")).toMatchObject({ status: "pending", dispatches: 1 });
  });
});
