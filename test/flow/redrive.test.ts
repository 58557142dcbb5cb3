import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@streamer/client";
import type { HandleStatus, RequestHandle, TypedClient } from "@streamer/client";
import { startLocalStack } from "@streamer/local";
import type { LocalStack } from "@streamer/local";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { runStreamer } from "../support/devProcess.ts";
import { connectWire } from "../support/wireClient.ts";
import type { Mood } from "./app/src/actions/brittle/action.ts";
import type { actions } from "./app/src/actions/index.ts";

type Api = TypedClient<typeof actions>;

let dataDir: string;
let stack: LocalStack;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-redrive-"));
  stack = await startLocalStack({ functionsDir: join(import.meta.dirname, "app"), dataDir, port: 0 });
  // What the SDK finds on an operator's machine: the command line is told of a deployed stage.
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", stack.dynamodbEndpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** A user of a tenant of their own, whose requests go as a file says. */
async function open(mood: Mood) {
  const tenant = `tenant-${crypto.randomUUID()}`;
  const moodFile = join(dataDir, tenant);
  await writeFile(moodFile, mood);
  const token = await stack.key.mint({ user: "ada", tenant, permissions: [], expiresIn: "1h" });
  const api: Api = createClient<typeof actions>({ url: stack.websocketUrl, token });
  onTestFinished(() => api.$client.close());
  return {
    tenant,
    token,
    api,
    submit: () => api.brittle.submit({ moodFile }),
    becomes: (next: Mood) => writeFile(moodFile, next),
  };
}

const streamer = (...args: readonly string[]) =>
  runStreamer(["requests", ...args, "--table", stack.tableName, "--management-endpoint", stack.managementEndpoint]);

/** What the command line prints as JSON, when all is well. */
async function asJson(...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await streamer(...args, "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

function until(handle: RequestHandle, status: HandleStatus): Promise<void> {
  return new Promise((resolve) => {
    const stop = handle.onChange(look);
    function look(): void {
      if (handle.status !== status) return;
      stop();
      resolve();
    }
    look();
  });
}

describe("a request that failed for good", () => {
  it("is a dead letter; redriven, the client that holds its handle sees it go on and complete", async () => {
    const { tenant, submit, becomes } = await open("fails");
    const handle = submit();
    const first = handle.result();
    await expect(first).rejects.toMatchObject({ code: "PROCESSING_FAILED" });
    expect(await asJson("list", "--tenant", tenant, "--dead-letters")).toMatchObject([
      {
        request_id: handle.id,
        status: "failed",
        code: "PROCESSING_FAILED",
        attempt: 1,
        reason: expect.stringContaining("says no") as string,
      },
    ]);

    await becomes("works");
    const seen: HandleStatus[] = [];
    handle.onChange(() => seen.push(handle.status));
    expect(await asJson("redrive", handle.id, "--tenant", tenant)).toEqual([
      { request_id: handle.id, tenant_id: tenant, action: "brittle", outcome: "redriven", status: "pending", attempt: 1 },
    ]);
    await until(handle, "completed");
    expect(await handle.result()).toEqual({ attempt: 2 });
    // Work that is done before the client has caught up is not seen running.
    expect(seen).toContain("queued");
    await expect(first).rejects.toMatchObject({ code: "PROCESSING_FAILED" });
    const attempts: number[] = [];
    for await (const update of handle.updates()) attempts.push(update.attempt);
    expect(new Set(attempts)).toEqual(new Set([1, 2]));
    expect(await asJson("list", "--tenant", tenant, "--dead-letters")).toEqual([]);
  });

  it("may be shown by its id alone, without what it works on", async () => {
    const { tenant, submit } = await open("fails");
    const handle = submit();
    await until(handle, "failed");
    const shown = await asJson("show", handle.id);
    expect(shown).toMatchObject({
      tenant_id: tenant,
      user_id: "ada",
      status: "failed",
      code: "PROCESSING_FAILED",
      updates: 1,
      progress: 10,
    });
    expect(JSON.stringify(shown)).not.toContain(dataDir);
    expect(await asJson("show", handle.id, "--payload")).toMatchObject({ payload: { moodFile: join(dataDir, tenant) } });
  });
});

it("all dead letters of an action are redriven at once, after a look at which", async () => {
  const { tenant, submit, becomes } = await open("fails");
  const handles = [submit(), submit(), submit()];
  await Promise.all(handles.map((handle) => until(handle, "failed")));
  await becomes("works");
  const all = ["redrive", "--action", "brittle", "--tenant", tenant, "--code", "PROCESSING_FAILED"];
  const outcomes = async (...args: readonly string[]) =>
    new Map(((await asJson(...all, ...args)) as { request_id: string; outcome: string }[]).map((one) => [one.request_id, one.outcome]));
  const expected = (outcome: string) => new Map(handles.map(({ id }) => [id, outcome]));
  expect(await outcomes("--dry-run")).toEqual(expected("to_redrive"));
  expect(handles.map(({ status }) => status)).toEqual(["failed", "failed", "failed"]);
  expect(await outcomes()).toEqual(expected("redriven"));
  await Promise.all(handles.map((handle) => until(handle, "completed")));
  expect(await streamer(...all)).toMatchObject({ code: 3, stderr: expect.stringContaining("no dead letters of brittle") as string });
});

describe("a request that is put off", () => {
  it("says when it is tried again; cancelled by an operator it ends at once, and redriven it completes", async () => {
    const { tenant, submit, becomes } = await open("put off");
    const handle = submit();
    await until(handle, "retrying");
    expect(handle.retryAt?.getTime()).toBeGreaterThan(Date.now() + 50 * 60_000);
    expect(await streamer("redrive", handle.id, "--tenant", tenant)).toMatchObject({
      code: 1,
      stderr: `streamer: Request ${handle.id} is retrying: it has not ended. Only what failed or was cancelled is redriven.\n`,
    });
    expect(await asJson("cancel", handle.id, "--tenant", tenant, "--reason", "not today")).toMatchObject([{ outcome: "cancelled" }]);
    await expect(handle.result()).rejects.toMatchObject({ code: "CANCELLED", details: { reason: "not today" } });

    await becomes("works");
    await asJson("redrive", handle.id, "--tenant", tenant);
    await until(handle, "completed");
    expect(await handle.result()).toEqual({ attempt: 2 });
  });
});

it("a request that its user cancels while it waits has ended for who else watches it, too", async () => {
  const { token, submit } = await open("put off");
  const handle = submit();
  await until(handle, "retrying");
  const watcher = await connectWire(stack.websocketUrl, token);
  watcher.send({ type: "subscribe", request_id: handle.id });
  await watcher.waitFor((frame) => frame["type"] === "subscribed");
  await handle.cancel("changed my mind");
  expect(await watcher.waitFor((frame) => frame["type"] === "cancelled")).toEqual({
    type: "cancelled",
    request_id: handle.id,
    reason: "changed my mind",
    last_sequence: expect.any(Number) as number,
    correlation_id: expect.any(String) as string,
  });
  await watcher.close();
});

describe("a request that runs", () => {
  it("ends by its worker when an operator cancels it", async () => {
    const { tenant, submit } = await open("waits");
    const handle = submit();
    await until(handle, "running");
    expect(await asJson("cancel", handle.id, "--tenant", tenant, "--reason", "enough")).toMatchObject([{ outcome: "cancelling" }]);
    await expect(handle.result()).rejects.toMatchObject({ code: "CANCELLED", details: { reason: "enough" } });
  });
});

describe("the command line", () => {
  it("says why a completed request is neither redriven nor cancelled, and ends with 1", async () => {
    const { tenant, submit } = await open("works");
    const handle = submit();
    await handle.result();
    expect(await streamer("redrive", handle.id, "--tenant", tenant)).toEqual({
      code: 1,
      stdout: "",
      stderr: `streamer: Request ${handle.id} has completed, and its result stands. Only what failed or was cancelled is redriven.\n`,
    });
    expect(await streamer("cancel", handle.id, "--tenant", tenant)).toMatchObject({
      code: 1,
      stderr: `streamer: Request ${handle.id} has ended: it is completed. There is nothing to cancel.\n`,
    });
    expect(await streamer("show", handle.id)).toMatchObject({ code: 3, stderr: expect.stringContaining("--tenant") as string });
  });

  it("ends with 3 when there is no such request", async () => {
    const commands = [["show"], ["cancel"], ["redrive"]].map((command) => [...command, "r1", "--tenant", "t"]);
    const stderr = 'streamer: Tenant t has no request r1. "streamer requests list" shows those there are.\n';
    for (const outcome of await Promise.all(commands.map((args) => streamer(...args))))
      expect(outcome).toEqual({ code: 3, stdout: "", stderr });
  });

  it("ends with 2 when the command line is wrong", async () => {
    expect(await streamer("redrive")).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining("--action") as string });
    expect(await streamer("cancel", "r1")).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining("--tenant") as string });
  });
});
