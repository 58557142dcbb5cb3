import { HOPS } from "../../../contract.ts";
import type { Hop, HopName, RequestDetail, RequestRow, UpdateView } from "../../../contract.ts";

/** When the samples' first hop was. */
export const SAMPLE_START = Date.UTC(2026, 0, 15, 12, 0, 0);

/** Hops from lines of "<ms since the start> <hop> <what>"; attempt, duration and trouble as given. */
export type HopLine = readonly [atMs: number, hop: HopName, what: string, more?: Partial<Hop>];

export function hopsOf(lines: readonly HopLine[], requestId = "r1"): readonly Hop[] {
  return lines.map(([atMs, hop, what, more], index) => ({
    id: index + 1,
    tenantId: "acme",
    requestId,
    hop,
    what,
    at: SAMPLE_START + atMs,
    ...more,
  }));
}

/** From the gateway to the queue, in the order of the flow. */
export function wayIn(fromMs = 0): readonly HopLine[] {
  return HOPS.slice(0, HOPS.indexOf("worker")).map((hop, index) => [fromMs + 2 * index, hop, `${hop} has it`] as const);
}

/** A first attempt whose worker is killed at 40 %, two seconds of waiting, and a second one that completes. */
export const RETRIED_HOPS: readonly Hop[] = hopsOf([
  ...wayIn(),
  [90, "worker", "attempt 1 starts", { attempt: 1 }],
  [310, "update", "progress 20 %"],
  [314, "post", "posted"],
  [620, "update", "progress 40 %"],
  [623, "post", "posted"],
  [900, "worker", "attempt 1 ends", { attempt: 1, durationMs: 810, trouble: "worker killed" }],
  [910, "table", "retrying", { attempt: 1 }],
  [2_900, "queue", "message"],
  [2_904, "worker", "attempt 2 starts", { attempt: 2 }],
  [3_300, "update", "progress 50 %"],
  [3_303, "post", "posted"],
  [4_100, "update", "progress 90 %"],
  [4_102, "post", "posted"],
  [4_500, "worker", "attempt 2 ends", { attempt: 2, durationMs: 1_596 }],
  [4_508, "table", "completed"],
  [4_510, "post", "posted"],
  [4_511, "end", "completed"],
]);

export const RETRIED_UPDATES: readonly UpdateView[] = [
  [1, 1, 20, 310],
  [2, 1, 40, 620],
  [3, 2, 50, 3_300],
  [4, 2, 90, 4_100],
].map(([sequence = 0, attempt = 0, percentage = 0, atMs = 0]) => ({
  sequence,
  attempt,
  kind: "progress",
  percentage,
  message: `${percentage} of 100 pages`,
  metadata: { stage: percentage < 50 ? "query" : "render" },
  at: SAMPLE_START + atMs,
}));

export function sampleRow(more: Partial<RequestRow> = {}): RequestRow {
  return {
    tenantId: "acme",
    requestId: "r1",
    userId: "ada",
    action: "generate_report",
    status: "processing",
    attempt: 1,
    createdAt: SAMPLE_START,
    startedAt: SAMPLE_START + 90,
    percentage: 40,
    message: "40 of 100 pages",
    ...more,
  };
}

export function sampleDetail(more: Partial<RequestDetail> = {}): RequestDetail {
  return {
    ...sampleRow({ status: "completed", attempt: 2, endedAt: SAMPLE_START + 4_508, percentage: 100 }),
    connectionId: "c1",
    correlationId: "corr-1",
    payload: { start_date: "2026-01-01", end_date: "2026-01-14", format: "pdf" },
    metadata: { page: "reports" },
    result: { url: "http://127.0.0.1:4010/files/report.pdf", records: 1_204, size: 48_211 },
    expiresAt: SAMPLE_START + 7 * 86_400_000,
    dispatches: 0,
    updates: RETRIED_UPDATES,
    watchers: ["c1"],
    timeline: RETRIED_HOPS,
    ...more,
  };
}
