import type { HandleStatus } from "@streamer/client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runStreamer } from "../support/devProcess.ts";
import { HOUR_MS, MINUTE_MS, startFailingStack } from "./failing/failingStack.ts";
import type { FailingStack } from "./failing/failingStack.ts";
import { endOf, openPerson, until } from "./failing/person.ts";

let failing: FailingStack;
beforeAll(async () => {
  failing = await startFailingStack();
  // What the SDK finds on an operator's machine: the command line is told of a deployed stage.
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", failing.stack.dynamodbEndpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await failing.stop();
});

describe("work that throws", () => {
  it("is tried again and completes; its client saw `retrying` with a time each time, and never a failure", async () => {
    const ada = await openPerson(failing);
    const submittedAt = Date.now() / 1000;
    const handle = ada.submit("flaky", ["throws", "throws", "works"]);
    const seen: HandleStatus[] = [];
    handle.onChange(() => seen.push(handle.status));
    expect(await handle.result()).toMatchObject({ attempt: 3 });
    expect((await ada.lines()).map(({ attempt, event }) => [attempt, event])).toEqual([
      [1, "start"],
      [2, "start"],
      [3, "start"],
      [3, "end"],
    ]);

    const frames = ada.framesOf(handle);
    const retrying = frames.filter((frame) => frame["status"] === "retrying");
    expect(retrying).toMatchObject([
      { type: "status", attempt: 1 },
      { type: "status", attempt: 2 },
    ]);
    for (const { retry_at: retryAt } of retrying) {
      expect(retryAt).toBeGreaterThan(submittedAt);
      expect(retryAt).toBeLessThan(Date.now() / 1000 + 1);
    }
    expect(frames.filter((frame) => frame["type"] === "error")).toEqual([]);
    expect(seen).toContain("retrying");
    expect(seen).not.toContain("failed");
  });

  it("that asks for a second is not tried again before it has passed", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("flaky", ["asks for a second"]);
    expect(await handle.result()).toMatchObject({ attempt: 2 });
    const [first, second] = await ada.lines("start");
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it("that asks for an hour waits for an hour, as its client is told", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("flaky", ["asks for an hour"]);
    await until(handle, "retrying");
    const waitMs = (handle.retryAt?.getTime() ?? 0) - Date.now();
    expect(waitMs).toBeGreaterThan(59 * MINUTE_MS);
    expect(waitMs).toBeLessThan(HOUR_MS + 2_000);

    await failing.letTimePass(ada.refOf(handle), 58 * MINUTE_MS);
    await failing.swept();
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "retrying", attempt: 1, dispatches: 0 });
    await failing.letTimePass(ada.refOf(handle), 4 * MINUTE_MS);
    expect(await handle.result()).toMatchObject({ attempt: 2 });
  });

  it.each([
    ["a TerminalError fails at once, with the details it gave", "gives up", { code: "PROCESSING_FAILED", details: { till: 7 } }],
    ["an error of the protocol that is final fails at once, with its code", "is refused", { code: "FORBIDDEN" }],
  ] as const)("%s", async (_, deed, failure) => {
    const ada = await openPerson(failing);
    const handle = ada.submit("flaky", [deed]);
    await expect(handle.result()).rejects.toMatchObject(failure);
    expect(ada.framesOf(handle).filter((frame) => frame["type"] === "status" && frame["status"] === "retrying")).toEqual([]);
    expect(await ada.lines("start")).toHaveLength(1);
  });

  it("to its last attempt is a dead letter that names code, attempts and reason; the client is not told the reason", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("flaky", ["throws", "throws", "throws"]);
    await expect(handle.result()).rejects.toMatchObject({ code: "PROCESSING_FAILED" });
    expect(await ada.lines("start")).toHaveLength(3);
    expect(JSON.stringify(ada.framesOf(handle))).not.toContain("till");

    const { tableName, managementEndpoint } = failing.stack;
    const list = ["requests", "list", "--tenant", ada.tenant, "--dead-letters", "--json"];
    const { stdout } = await runStreamer([...list, "--table", tableName, "--management-endpoint", managementEndpoint]);
    expect(JSON.parse(stdout)).toMatchObject([
      { request_id: handle.id, status: "failed", code: "PROCESSING_FAILED", attempt: 3, reason: "Error: The till is jammed." },
    ]);
  });
});

describe("work that is out of time", () => {
  it("is told, and tried again", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("hasty", ["hangs"]);
    expect(await handle.result()).toMatchObject({ attempt: 2 });
    expect(await ada.lines("stopped")).toMatchObject([{ attempt: 1, code: "TIMEOUT" }]);
  });

  it("in its last attempt fails with TIMEOUT, and how far it had come is kept", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("hasty", ["hangs", "hangs"]);
    await expect(handle.result()).rejects.toMatchObject({ code: "TIMEOUT", retryable: true });
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({
      status: "failed",
      attempt: 2,
      error: { code: "TIMEOUT" },
      lastProgress: 50,
      lastMessage: "Attempt 2 is at work",
    });
    const again = await ada.watch(handle.id);
    expect(await again.waitFor((frame) => frame["type"] === "subscribed")).toMatchObject({
      updates: [
        { attempt: 1, percentage: 40 },
        { attempt: 2, percentage: 50 },
      ],
      outcome: { type: "error", final: true, error: { code: "TIMEOUT" } },
    });
  });
});

describe("a request that an earlier deployment has accepted", () => {
  /** As that deployment's router would have stored it. */
  const store = async (action: string, payload: unknown) => {
    const ada = await openPerson(failing);
    const ref = { tenantId: ada.tenant, requestId: crypto.randomUUID() };
    const text = JSON.stringify(payload);
    const none = { metadata: undefined, correlationId: "c", connectionId: "gone" };
    await failing.requests.create({ ...ref, ...none, userId: ada.user, action, payload: text, payloadHash: text });
    return { ref, watcher: await ada.watch(ref.requestId) };
  };

  it("for an action that is no more fails with INVALID_ACTION, after the time in which a deployment may bring it", async () => {
    const { ref, watcher } = await store("retired", {});
    await failing.letTimePass(ref, 14 * MINUTE_MS);
    await failing.swept();
    expect(await failing.stored(ref)).toMatchObject({ status: "pending", dispatches: 1 });
    await failing.letTimePass(ref, 2 * MINUTE_MS);
    expect(await endOf(watcher, ref.requestId)).toMatchObject({ type: "error", final: true, error: { code: "INVALID_ACTION" } });
    expect((await failing.stored(ref)).failureReason).toContain('"retired"');
  });

  it("with a payload that the action does not take any more fails with VALIDATION_ERROR, and is not tried again", async () => {
    const { ref, watcher } = await store("flaky", { deeds: "many" });
    expect(await endOf(watcher, ref.requestId)).toMatchObject({
      type: "error",
      final: true,
      error: { code: "VALIDATION_ERROR", details: { issues: [{ path: "deeds" }, { path: "log" }] } },
    });
    expect(await failing.stored(ref)).toMatchObject({ status: "failed", attempt: 1 });
  });
});
