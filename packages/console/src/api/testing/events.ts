import type { ConsoleEvent, RequestRow } from "../../contract.ts";

export function row(requestId: string, change: Partial<RequestRow> = {}): RequestRow {
  return { tenantId: "t1", requestId, userId: "u1", action: "generate_report", status: "processing", attempt: 1, createdAt: 1, ...change };
}

export function rowEvent(requestId: string, change: Partial<RequestRow> = {}): ConsoleEvent {
  return { type: "request", row: row(requestId, change) };
}

export function hopEvent(id: number, requestId = "r1"): ConsoleEvent {
  return { type: "hop", hop: { id, requestId, hop: "worker", what: "attempt 1 starts", at: id } };
}
