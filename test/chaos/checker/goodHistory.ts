import type { EffectLine } from "../app/src/actions/work/behaviour.ts";
import { markOf } from "./history.ts";
import type { Frame, History, StoredItem, StoredUpdate, StreamChange, Transcript, TranscriptLine, Wanted } from "./history.ts";

export const REQUEST = { tenant: "acme", requestId: "r-1" } as const;
const MARK = markOf(REQUEST, "ada");

export const received = (frame: Frame): TranscriptLine => ({ at: 0, direction: "in", text: JSON.stringify(frame) });
export const sent = (frame: Frame): TranscriptLine => ({ at: 0, direction: "out", text: JSON.stringify(frame) });

export const progress = (sequence: number, previous: number, percentage: number): Frame => ({
  type: "progress",
  request_id: "r-1",
  sequence,
  previous,
  attempt: Math.floor(sequence / 1_000_000),
  percentage,
  message: `${MARK} step`,
});

export const acknowledgment: Frame = { type: "acknowledgment", request_id: "r-1", status: "pending" };
export const complete: Frame = { type: "complete", request_id: "r-1", result: { success: true, data: { mark: MARK } } };
export const UPDATES: readonly Frame[] = [
  progress(1_000_001, 0, 0),
  progress(1_000_002, 1_000_001, 50),
  progress(2_000_001, 1_000_002, 100),
];

export const effect = (event: EffectLine["event"], attempt: number, run = `run-${attempt}`): EffectLine => ({
  tenant: "acme",
  request_id: "r-1",
  attempt,
  run,
  event,
  at: 0,
  ...(event === "start" || event === "end" ? {} : { key: "charge" }),
});

export interface Parts {
  readonly worker: readonly TranscriptLine[];
  readonly audit: readonly TranscriptLine[];
  readonly stranger: readonly TranscriptLine[];
  readonly effects: readonly EffectLine[];
  readonly changes: readonly Omit<StreamChange, "tenant" | "requestId">[];
  readonly updates: readonly Frame[];
  readonly item: Partial<StoredItem>;
  readonly wanted: Partial<Wanted>;
}

/** A request that failed once, was watched live and asked for afterwards; a stranger asked too. All as it should be. */
export const GOOD: Parts = {
  worker: [
    sent({ id: "r-1", action: "work", payload: { mark: MARK } }),
    received(acknowledgment),
    ...UPDATES.slice(0, 2).map(received),
    received({ type: "status", request_id: "r-1", status: "retrying", attempt: 1 }),
    ...UPDATES.slice(2).map(received),
    received(complete),
  ],
  audit: [
    sent({ type: "subscribe", request_id: "r-1", after: 0 }),
    received({ type: "subscribed", request_id: "r-1", status: "completed", updates: UPDATES, more: false, outcome: complete }),
  ],
  stranger: [
    sent({ type: "subscribe", request_id: "r-1", after: 0 }),
    received({ type: "error", request_id: "r-1", error: { code: "NOT_FOUND", message: "There is no such request.", retryable: false } }),
  ],
  effects: [
    effect("start", 1),
    effect("effect_begins", 1),
    effect("effect_ends", 1),
    effect("resolved", 1),
    effect("start", 2),
    effect("resolved", 2),
    effect("end", 2),
  ],
  changes: [
    { from: undefined, to: "pending", attempt: 0 },
    { from: "pending", to: "processing", attempt: 1 },
    { from: "processing", to: "retrying", attempt: 1 },
    { from: "retrying", to: "processing", attempt: 2 },
    { from: "processing", to: "completed", attempt: 2 },
  ],
  updates: UPDATES,
  item: {},
  wanted: {},
};

/** The good history with some of its parts put in place of others. */
export function historyWith(changed: Partial<Parts> = {}): History {
  const parts = { ...GOOD, ...changed };
  const transcript = (connection: string, user: string, lines: readonly TranscriptLine[]): Transcript => ({
    connection,
    tenant: "acme",
    user,
    audit: connection === "audit",
    lines,
  });
  const toUpdate = (frame: Frame): StoredUpdate => ({
    ...REQUEST,
    sequence: Number(frame["sequence"]),
    previous: Number(frame["previous"]),
    attempt: Number(frame["attempt"]),
    percentage: Number(frame["percentage"]),
  });
  const result = JSON.stringify((complete["result"] as Frame)["data"]);
  return {
    wanted: [{ ...REQUEST, user: "ada", mark: MARK, failure: "throw", failingAttempts: 1, attempts: 3, ...parts.wanted }],
    items: [
      { ...REQUEST, user: "ada", status: "completed", attempt: 2, uncountedAttempts: 0, errorCode: undefined, result, ...parts.item },
    ],
    updates: parts.updates.map(toUpdate),
    changes: parts.changes.map((change) => ({ ...REQUEST, ...change })),
    transcripts: [
      transcript("worker", "ada", parts.worker),
      transcript("audit", "ada", parts.audit),
      transcript("stranger", "bob", parts.stranger),
    ],
    effects: parts.effects,
  };
}
