import type { Connection } from "@streamer/server";
import { expect, it } from "vitest";
import { endedAsJson, endedAsText, listAsJson, listAsText, viewAsJson, viewAsText } from "./show.ts";

const connection: Connection = {
  connectionId: "c1=",
  tenantId: "acme",
  userId: "ada",
  permissions: ["reports:write", "admin"],
  endpoint: "api.example/prod",
  connectedAt: Date.UTC(2026, 0, 1),
  lastPingAt: Date.UTC(2026, 0, 1, 0, 5),
  tokenExpiresAt: Date.UTC(2026, 0, 1, 1) / 1000,
  userAgent: "evil\u001B[2J/1",
  ipAddress: undefined,
  messagesReceived: 3,
  messagesSent: 12,
};
const inJson = {
  connection_id: "c1=",
  tenant_id: "acme",
  user_id: "ada",
  connected_at: "2026-01-01T00:00:00.000Z",
  last_ping_at: "2026-01-01T00:05:00.000Z",
  token_expires_at: "2026-01-01T01:00:00.000Z",
  messages_received: 3,
  messages_sent: 12,
  permissions: ["reports:write", "admin"],
  endpoint: "api.example/prod",
  user_agent: "evil\u001B[2J/1",
};

it("a list is a table, with a status when it is known", () => {
  expect(listAsText([{ connection, status: undefined }])).toBe(
    [
      "CONNECTION  TENANT  USER  CONNECTED                 LAST HEARD OF             RECEIVED  SENT",
      "c1=         acme    ada   2026-01-01T00:00:00.000Z  2026-01-01T00:05:00.000Z  3         12",
      "",
    ].join("\n"),
  );
  expect(listAsText([{ connection, status: "stale" }])).toContain("acme    ada   stale   2026");
  expect(listAsText([])).toBe("No connections.\n");
});

it("as JSON it is one line, with the names of the table", () => {
  expect(JSON.parse(listAsJson([{ connection, status: undefined }]))).toEqual([inJson]);
  expect(JSON.parse(viewAsJson({ connection, status: "open" }))).toEqual({ ...inJson, status: "open" });
  expect(listAsJson([])).toBe("[]\n");
});

it("one connection is a line for each of what is known, and nothing in it reaches the terminal as a command", () => {
  const text = viewAsText({ connection, status: "open" });
  expect(text).toContain("messages sent      12\n");
  expect(text).toContain("permissions        reports:write, admin\n");
  expect(text).toContain("user agent         evil\\u{1b}[2J/1\n");
  expect(text).not.toContain("ip address");
});

it("what was disconnected is shown with its outcome and, when it failed, why", () => {
  const ended = [
    { connectionId: "c1=", connection, outcome: "disconnected", error: undefined },
    { connectionId: "c2=", connection: undefined, outcome: "failed", error: new Error("it did not answer") },
  ] as const;
  expect(endedAsText(ended)).toBe(
    [
      "CONNECTION  TENANT  USER  OUTCOME",
      "c1=         acme    ada   disconnected",
      "c2=                       failed: it did not answer",
      "",
    ].join("\n"),
  );
  expect(JSON.parse(endedAsJson(ended))).toEqual([
    { connection_id: "c1=", tenant_id: "acme", user_id: "ada", outcome: "disconnected" },
    { connection_id: "c2=", outcome: "failed", error: "it did not answer" },
  ]);
});
