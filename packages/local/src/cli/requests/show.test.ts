import type { StoredRequest } from "@streamer/server";
import { expect, it } from "vitest";
import { changesAsJson, changesAsText, listAsJson, listAsText, viewAsJson, viewAsText } from "./show.ts";

const AT = Date.UTC(2026, 0, 1);
const request: StoredRequest = {
  requestId: "r1",
  tenantId: "acme",
  userId: "ada",
  connectionId: "c1=",
  action: "generate_report",
  payload: '{"secret":"p"}',
  payloadHash: "hash",
  metadata: { note: "secret" },
  correlationId: "k1",
  status: "retrying",
  attempt: 2,
  uncountedAttempts: 1,
  createdAt: AT,
  queuedAt: AT + 1_000,
  startedAt: AT + 2_000,
  endedAt: undefined,
  leaseExpiresAt: undefined,
  retryAt: AT + 60_000,
  dueAt: AT + 120_000,
  dispatches: 3,
  cancelRequestedAt: undefined,
  cancelReason: undefined,
  lastProgress: 40,
  lastMessage: "Half\u001B[2J way",
  lastSequence: undefined,
  lastUpdate: AT + 3_000,
  result: undefined,
  upload: undefined,
  resultObject: undefined,
  resultFiles: {},
  error: undefined,
  failureReason: undefined,
  expiresAt: AT / 1000 + 604_800,
};
const failed: StoredRequest = {
  ...request,
  requestId: "r2",
  status: "failed",
  retryAt: undefined,
  error: { code: "TIMEOUT", details: { issues: ["secret"] } },
  failureReason: `the disk ${"is very ".repeat(20)}full`,
  result: '"secret"',
};
const inJson = {
  request_id: "r1",
  tenant_id: "acme",
  user_id: "ada",
  action: "generate_report",
  status: "retrying",
  attempt: 2,
  uncounted_attempts: 1,
  dispatches: 3,
  created_at: "2026-01-01T00:00:00.000Z",
  queued_at: "2026-01-01T00:00:01.000Z",
  started_at: "2026-01-01T00:00:02.000Z",
  retry_at: "2026-01-01T00:01:00.000Z",
  due_at: "2026-01-01T00:02:00.000Z",
  progress: 40,
  progress_message: "Half\u001B[2J way",
  progress_at: "2026-01-01T00:00:03.000Z",
  expires_at: "2026-01-08T00:00:00.000Z",
  connection_id: "c1=",
  correlation_id: "k1",
};

it("a list is a table, with code and reason when something failed, the reason cut", () => {
  expect(listAsText([request])).toBe(
    [
      "REQUEST  TENANT  USER  ACTION           STATUS    ATTEMPT  PROGRESS  QUEUED",
      "r1       acme    ada   generate_report  retrying  2        40%       2026-01-01T00:00:01.000Z",
      "",
    ].join("\n"),
  );
  const [, , second = ""] = listAsText([request, failed]).split("\n");
  expect(second).toMatch(/TIMEOUT {2}the disk is very .*…$/);
  expect(second.slice(second.indexOf("the disk"))).toHaveLength(80);
  expect(listAsText([])).toBe("No requests.\n");
});

it("as JSON it is one line, with the names of the table", () => {
  expect(JSON.parse(listAsJson([request]))).toEqual([inJson]);
  expect(JSON.parse(viewAsJson({ request, updates: 7 }, undefined))).toEqual({ ...inJson, updates: 7 });
  expect(listAsJson([])).toBe("[]\n");
});

it("one request is a line for each of what is known, and nothing in it reaches the terminal as a command", () => {
  const text = viewAsText({ request, updates: 7 }, undefined);
  expect(text).toContain("dispatches          3\n");
  expect(text).toContain("retry at            2026-01-01T00:01:00.000Z\n");
  expect(text).toContain("progress message    Half\\u{1b}[2J way\n");
  expect(text).toContain("updates             7\n");
  expect(text).not.toContain("lease");
});

it("a failed one has its code and the whole reason, and is due no more", () => {
  const view = JSON.parse(viewAsJson({ request: failed, updates: 0 }, undefined)) as object;
  expect(view).toMatchObject({ status: "failed", code: "TIMEOUT", reason: failed.failureReason });
  expect(view).not.toHaveProperty("due_at");
});

it("what stands in the bucket is named by its key", () => {
  const upload = { key: "uploads/r1", sizeBytes: 70_000, sha256: "x" };
  const view = { request: { ...request, upload, resultObject: { key: "results/r1", sizeBytes: 200_000 } }, updates: 0 };
  expect(JSON.parse(viewAsJson(view, undefined))).toMatchObject({
    payload_key: "uploads/r1",
    payload_bytes: 70_000,
    result_key: "results/r1",
    result_bytes: 200_000,
  });
});

it("what it works on, gave, or an error quotes of it is not shown; payload and metadata are when they are asked for", () => {
  for (const one of [request, failed]) {
    expect([listAsText([one]), listAsJson([one]), viewAsText({ request: one, updates: 1 }, undefined)].join("")).not.toContain("secret");
  }
  expect(viewAsText({ request, updates: 1 }, '{"secret":"p"}')).toContain('payload             {"secret":"p"}\n');
  expect(JSON.parse(viewAsJson({ request, updates: 1 }, '{"secret":"p"}'))).toMatchObject({
    payload: { secret: "p" },
    metadata: { note: "secret" },
  });
});

it("what was changed is shown with its outcome and, when it failed, why", () => {
  const changes = [
    { request, outcome: "cancelled" },
    { request: failed, outcome: "failed", error: new Error("it did not answer") },
  ] as const;
  expect(changesAsText(changes)).toBe(
    [
      "REQUEST  TENANT  ACTION           STATUS    ATTEMPT  OUTCOME",
      "r1       acme    generate_report  retrying  2        cancelled",
      "r2       acme    generate_report  failed    2        failed: it did not answer",
      "",
    ].join("\n"),
  );
  expect(JSON.parse(changesAsJson(changes))).toEqual([
    { request_id: "r1", tenant_id: "acme", action: "generate_report", outcome: "cancelled", status: "retrying", attempt: 2 },
    {
      request_id: "r2",
      tenant_id: "acme",
      action: "generate_report",
      outcome: "failed",
      status: "failed",
      attempt: 2,
      error: "it did not answer",
    },
  ]);
});
