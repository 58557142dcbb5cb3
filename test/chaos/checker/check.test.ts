import { describe, expect, it } from "vitest";
import { check } from "./check.ts";
import { acknowledgment, complete, effect, GOOD, historyWith, progress, received, REQUEST, sent, UPDATES } from "./goodHistory.ts";
import type { Parts } from "./goodHistory.ts";
import type { Frame, Invariant, StreamChange } from "./history.ts";

const broken = (changed: Partial<Parts>): readonly Invariant[] => check(historyWith(changed)).violations.map(({ invariant }) => invariant);
const change = (from: string, to: string, attempt = 2): Omit<StreamChange, "tenant" | "requestId"> => ({ from, to, attempt });
const without = (index: number): readonly Frame[] => UPDATES.filter((_, at) => at !== index);
const page = (updates: readonly Frame[], outcome: Frame | undefined = complete): Parts["audit"] => [
  sent({ type: "subscribe", request_id: "r-1", after: 0 }),
  received({
    type: "subscribed",
    request_id: "r-1",
    status: "completed",
    updates,
    more: false,
    ...(outcome === undefined ? {} : { outcome }),
  }),
];
const answered = (frame: Frame): Partial<Parts> => ({ stranger: [received({ request_id: "r-1", ...frame })] });
const failed = (code: string): Partial<Parts> => {
  const outcome = { type: "error", request_id: "r-1", final: true, error: { code, message: "It failed.", retryable: false } };
  return {
    item: { status: "failed", errorCode: code },
    worker: [...GOOD.worker.slice(0, -1), received(outcome)],
    audit: page(UPDATES, outcome),
  };
};

describe("a history in which all is as promised", () => {
  it("has no violation, and its figures", () => {
    expect(check(historyWith())).toEqual({ violations: [], acknowledged: 1, lost: 0, doubled: 0, watchers: 2, missedTails: 0 });
  });

  it.each<[string, Partial<Parts>]>([
    [
      "an acknowledgment that was given again as a duplicate",
      { worker: [...GOOD.worker, received({ ...acknowledgment, duplicate: true })] },
    ],
    ["an update that came twice", { worker: GOOD.worker.toSpliced(3, 0, received(UPDATES[0] as Frame)) }],
    ["an update of an attempt that was overtaken", { updates: [...UPDATES, progress(1_000_003, 1_000_002, 60)] }],
    ["an update that a client must ask for, being lost", { worker: GOOD.worker.toSpliced(3, 1) }],
    [
      "a terminal message that comes live while the replay is on its way",
      {
        worker: [
          ...GOOD.worker.slice(0, 2),
          sent({ type: "subscribe", request_id: "r-1", after: 0 }),
          received(complete),
          received({ type: "subscribed", request_id: "r-1", status: "completed", updates: UPDATES, more: false, outcome: complete }),
        ],
      },
    ],
    [
      "updates that came live while a replay without them, but with the outcome, was on its way",
      {
        worker: [
          ...GOOD.worker.slice(0, 2),
          sent({ type: "subscribe", request_id: "r-1", after: 0 }),
          ...UPDATES.map(received),
          received({ type: "subscribed", request_id: "r-1", status: "completed", updates: [], more: false, outcome: complete }),
        ],
      },
    ],
    [
      "a terminal message that names an update which must be asked for",
      {
        worker: [
          ...GOOD.worker.slice(0, 2),
          received({ ...complete, last_sequence: 2_000_001 }),
          sent({ type: "subscribe", request_id: "r-1", after: 0 }),
          received({ type: "subscribed", request_id: "r-1", status: "completed", updates: UPDATES, more: false, outcome: complete }),
        ],
      },
    ],
    [
      "an update that was not asked for",
      { audit: [sent({ type: "subscribe", request_id: "r-1", after: 1_000_002 }), ...page(UPDATES.slice(2)).slice(1)] },
    ],
    [
      "updates that a gap owns up to",
      {
        audit: [
          sent({ type: "subscribe", request_id: "r-1", after: 0 }),
          received({ type: "subscribed", request_id: "r-1", status: "processing", updates: [], more: false }),
          received({ type: "gap", request_id: "r-1", from: 1_000_001, to: 1_000_002 }),
          sent({ type: "subscribe", request_id: "r-1", after: 1_000_002 }),
          ...page(UPDATES.slice(2)).slice(1),
        ],
      },
    ],
    [
      "an effect that was run again because its worker had died in it",
      {
        effects: [
          effect("effect_begins", 1),
          ...GOOD.effects.slice(4, 5),
          effect("effect_begins", 2),
          effect("effect_ends", 2),
          effect("resolved", 2),
          effect("end", 2),
        ],
      },
    ],
    ["a request that failed when its attempts were used up", { ...failed("WORKER_LOST"), wanted: { attempts: 2 } }],
    ["a request whose work said that it is final", { ...failed("PROCESSING_FAILED"), wanted: { failure: "terminal" } }],
  ])("may have %s", (_, changed) => {
    expect(check(historyWith(changed)).violations).toEqual([]);
  });
});

describe("a history is refused", () => {
  it.each<[string, Invariant, Partial<Parts>]>([
    ["an acknowledged request is open still", "acknowledged requests end", { item: { status: "processing" } }],
    ["a request was settled by two attempts", "a request is settled once", { changes: [...GOOD.changes, change("retrying", "failed", 3)] }],
    ["an ended request goes on", "an ended request stays ended", { changes: [...GOOD.changes, change("completed", "processing", 3)] }],
    ["an ended request ends otherwise", "an ended request stays ended", { changes: [...GOOD.changes, change("completed", "failed")] }],
    ["the stream never told of an end", "a request is settled once", { changes: GOOD.changes.slice(0, -1) }],
    ["an attempt ran twice", "attempts start once", { effects: [effect("start", 2, "other"), ...GOOD.effects] }],
    ["there were more attempts than allowed", "attempts are bounded", { wanted: { attempts: 1 } }],
    ["it completed without its work being done", "an outcome has its cause", { effects: GOOD.effects.slice(0, -1) }],
    ["it was cancelled, and nobody had asked", "an outcome has its cause", { item: { status: "cancelled" } }],
    ["it failed with attempts left", "an outcome has its cause", failed("WORKER_LOST")],
    ["it failed for good by an error that is none for good", "an outcome has its cause", failed("PROCESSING_FAILED")],
    ["a done effect ran again", "a done effect never runs again", { effects: [...GOOD.effects, effect("effect_begins", 3)] }],
    [
      "two runs of an effect went on together",
      "runs of an effect never overlap",
      {
        effects: [
          effect("effect_begins", 1),
          effect("effect_begins", 2),
          effect("effect_ends", 2),
          effect("effect_ends", 1),
          effect("end", 2),
        ],
      },
    ],
    ["a request was new twice", "an acknowledgment is not given twice", { worker: [...GOOD.worker, received(acknowledgment)] }],
    [
      "a stranger may subscribe",
      "foreign requests are not found",
      answered({ type: "subscribed", status: "completed", updates: [], more: false }),
    ],
    ["a stranger may cancel", "foreign requests are not found", answered({ type: "status", status: "processing", attempt: 1 })],
    [
      "a stranger is told more than that there is nothing",
      "foreign requests are not found",
      answered({ type: "error", error: { code: "FORBIDDEN" } }),
    ],
    [
      "a stranger is sent what is another's",
      "nobody reads another's",
      { stranger: [received({ type: "event", topic: "t", data: "<<acme.ada.r-1>>" })] },
    ],
    ["a replay goes back", "sequences rise", { audit: page([UPDATES[1], UPDATES[0], UPDATES[2]] as readonly Frame[]) }],
    [
      "a replay gives what was not asked for",
      "sequences rise",
      { audit: [sent({ type: "subscribe", request_id: "r-1", after: 1_000_002 }), ...page(UPDATES).slice(1)] },
    ],
    [
      "an update is of another attempt than its number",
      "attempts never fall",
      { worker: GOOD.worker.toSpliced(5, 0, received({ ...progress(1_000_002, 1_000_001, 50), attempt: 2 })) },
    ],
    ["a stored percentage falls", "percentages never fall", { updates: [progress(1_000_001, 0, 70), ...UPDATES.slice(1)] }],
    [
      "a percentage that was sent falls",
      "percentages never fall",
      { worker: GOOD.worker.toSpliced(2, 1, received(progress(1_000_001, 0, 70))) },
    ],
    [
      "what was sent was never stored",
      "what is sent is stored",
      { worker: GOOD.worker.toSpliced(4, 0, received(progress(1_000_003, 1_000_002, 60))) },
    ],
    [
      "what was sent was stored otherwise",
      "what is sent is stored",
      { worker: GOOD.worker.toSpliced(2, 1, received(progress(1_000_001, 7, 0))) },
    ],
    ["a replay leaves one out", "a replay has no hole", { audit: page(without(1)) }],
    ["what an update follows on is not stored", "a replay has no hole", { updates: without(0) }],
    [
      "an update comes after the end",
      "the terminal message is last",
      { worker: [...GOOD.worker.slice(0, 5), ...GOOD.worker.slice(6), ...GOOD.worker.slice(5, 6)] },
    ],
    [
      "a change of state comes after the end",
      "the terminal message is last",
      { worker: [...GOOD.worker, received({ type: "status", request_id: "r-1", status: "processing", attempt: 2 })] },
    ],
    [
      "the end it was told is not the table's",
      "the terminal message is the table's",
      { worker: [...GOOD.worker, received({ type: "cancelled", request_id: "r-1" })] },
    ],
    ["the result it was told is not the table's", "the terminal message is the table's", { item: { result: "{}" } }],
    ["the last updates are left out of a replay", "a watcher to the end sees all", { audit: page(UPDATES.slice(0, 2)) }],
    ["a replay without them has the outcome, and they never came live", "a watcher to the end sees all", { audit: page([]) }],
    ["the outcome is kept back", "a watcher to the end sees all", { audit: page(UPDATES, undefined).slice(0, 1) }],
  ])("when %s", (_, invariant, changed) => {
    expect(broken(changed)).toContain(invariant);
  });

  it("when an acknowledged request is not in the table", () => {
    const history = historyWith();
    expect(check({ ...history, items: [] }).violations).toContainEqual({
      invariant: "acknowledged requests end",
      request: REQUEST,
      problem: "It was acknowledged and is not in the table.",
    });
  });
});

it("counts what is lost, what is doubled, and who missed the last update before a live outcome", () => {
  expect(check(historyWith({ item: { status: "pending" } }))).toMatchObject({ lost: 1, doubled: 0 });
  expect(check(historyWith({ changes: [...GOOD.changes, change("retrying", "failed", 3)] }))).toMatchObject({ lost: 0, doubled: 1 });
  expect(check(historyWith({ worker: GOOD.worker.toSpliced(5, 1) }))).toMatchObject({ violations: [], missedTails: 1 });
});
