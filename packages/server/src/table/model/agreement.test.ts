import { REQUEST_STATUSES } from "@streamer/protocol";
import type { RequestStatus } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { createRawTable } from "../../testing/rawTable.ts";
import type { RawItem, RawTable } from "../../testing/rawTable.ts";
import { sampleRequest } from "../../testing/sampleRequest.ts";
import { createTestTable } from "../../testing/testTable.ts";
import { workPartition, workShard } from "../keys.ts";
import { createRequestStore } from "../requestStore.ts";
import { DISPATCH_GRACE_MS } from "../requestTable.ts";
import type { RequestStore, SettleResult } from "../requestVerbs.ts";
import type { RequestRef, StoredRequest } from "../storedRequest.ts";
import { mayHappen, TRANSITIONS } from "../transitions.ts";
import type { Clause, Guard, TransitionName } from "../transitions.ts";
import { EFFECTS } from "./effects.ts";
import type { ModelItem } from "./effects.ts";

const clock = createFakeClock();
const now = clock.now();
const ATTEMPT = 2;
const DUE_AT = now - 7;
const VALUES = {
  now,
  leaseMs: 60_000,
  graceMs: DISPATCH_GRACE_MS,
  retryAt: now + 5_000,
  nextDueAt: now + 90_000,
  uncounted: false,
};

let store: RequestStore;
let raw: RawTable;
/** Runs once, before the next update that anybody sends. */
let beforeUpdate: (() => Promise<void>) | undefined;
beforeAll(async () => {
  const config = await createTestTable();
  store = createRequestStore(config, clock);
  raw = createRawTable(config);
  config.client.middlewareStack.add(
    (next, context) => async (args) => {
      const run = context["commandName"] === "UpdateItemCommand" ? beforeUpdate : undefined;
      if (run !== undefined) {
        beforeUpdate = undefined;
        await run();
      }
      return next(args);
    },
    { step: "initialize", name: "beforeUpdate" },
  );
});

/** What the writer knows: the request as it was seen, and its own attempt. */
interface Seen {
  readonly request: StoredRequest;
  readonly attempt: number;
}

interface Verb {
  readonly name: TransitionName;
  readonly run: (seen: Seen) => Promise<SettleResult>;
  /** What it writes or removes beside what the model knows. */
  readonly others?: readonly string[];
  readonly uncounted?: true;
}

const BIG = JSON.stringify("x".repeat(5_000));
const progress = { percentage: 40, message: "Halfway", at: now };
const PROGRESS = ["last_progress", "last_message", "last_update"];
const failure = { code: "PROCESSING_FAILED", reason: "Error: no" } as const;
const FAILURE = ["error", "failure_reason"];
const retry = { at: VALUES.retryAt, reason: "Error: no" };

const VERBS: Readonly<Record<TransitionName, Verb["run"]>> = {
  claim: ({ request }) => store.claim(request, VALUES.leaseMs),
  heartbeat: ({ request, attempt }) => store.heartbeat(request, attempt, VALUES.leaseMs, progress),
  release: ({ request, attempt }) => store.release(request, attempt),
  complete: ({ request, attempt }) => store.complete(request, attempt, { body: "1", files: {} }, progress),
  fail: ({ request, attempt }) => store.fail(request, attempt, failure, progress),
  stop: ({ request, attempt }) => store.stop(request, attempt, progress),
  retry: ({ request, attempt }) => store.retry(request, attempt, retry, progress),
  cancel: ({ request }) => store.cancel(request, "no need"),
  requestCancel: ({ request }) => store.requestCancel(request, "no need"),
  recover: ({ request, attempt }) => store.recover(request, attempt, retry),
  abandon: ({ request, attempt }) => store.abandon(request, attempt, failure),
  stopLost: ({ request, attempt }) => store.stopLost(request, attempt),
  dispatch: ({ request }) => store.dispatch({ ...request, status: "pending" }, VALUES.nextDueAt),
  dispatchRetry: ({ request }) => store.dispatch({ ...request, status: "retrying" }, VALUES.nextDueAt),
  expire: ({ request }) => store.expire(request, failure),
  redrive: ({ request }) => store.redrive(request),
};

const OTHERS: Partial<Record<TransitionName, readonly string[]>> = {
  heartbeat: PROGRESS,
  complete: ["result", ...PROGRESS],
  fail: [...FAILURE, ...PROGRESS],
  stop: PROGRESS,
  retry: ["failure_reason", ...PROGRESS],
  cancel: ["cancel_reason"],
  requestCancel: ["cancel_reason"],
  recover: ["failure_reason"],
  abandon: FAILURE,
  expire: FAILURE,
};

const VARIANTS: Readonly<Record<string, Verb>> = {
  ...Object.fromEntries(
    (Object.keys(TRANSITIONS) as TransitionName[]).map((name) => [name, { name, run: VERBS[name], others: OTHERS[name] ?? [] }]),
  ),
  "complete with a big result": {
    name: "complete",
    run: ({ request, attempt }) => store.complete(request, attempt, { body: BIG, files: {} }, progress),
    others: PROGRESS,
  },
  "retry that does not count": {
    name: "retry",
    run: ({ request, attempt }) => store.retry(request, attempt, { ...retry, uncounted: true }, progress),
    others: OTHERS.retry ?? [],
    uncounted: true,
  },
};

interface Situation {
  /** What of the item the guards look at, where it differs from what the status brings. */
  readonly item: Partial<Pick<ModelItem, "lease_expires_at" | "retry_at" | "cancel_requested_at">>;
  readonly writersAttempt: number;
  readonly dueAtSeen: number;
}
const WILLING: Situation = { item: {}, writersAttempt: ATTEMPT, dueAtSeen: DUE_AT };

type Way = (situation: Situation) => Situation;
const item =
  (attributes: Situation["item"]): Way =>
  (situation) => ({ ...situation, item: { ...situation.item, ...attributes } });
const writer =
  (writersAttempt: number): Way =>
  (situation) => ({ ...situation, writersAttempt });
const seenDue =
  (dueAtSeen: number): Way =>
  (situation) => ({ ...situation, dueAtSeen });

/** How each guard holds, and in which ways it does not. */
const WAYS: Readonly<Record<Guard, Readonly<Record<string, Way>>>> = {
  sameAttempt: { "the attempt": writer(ATTEMPT), "an older attempt": writer(ATTEMPT - 1), "a newer attempt": writer(ATTEMPT + 1) },
  leaseExpired: {
    "a lease that ends now": item({ lease_expires_at: now }),
    "a lease long over": item({ lease_expires_at: now - 1_000_000 }),
    "a live lease": item({ lease_expires_at: now + 1 }),
    "no lease": item({ lease_expires_at: undefined }),
  },
  retryDue: {
    "its time come": item({ retry_at: now }),
    "its time long come": item({ retry_at: now - 1_000_000 }),
    "its time to come": item({ retry_at: now + 1 }),
    "no time": item({ retry_at: undefined }),
  },
  cancelNotRequested: {
    "no wish to end": item({ cancel_requested_at: undefined }),
    "a wish to end": item({ cancel_requested_at: now - 1 }),
  },
  sameDueAt: { "the due time seen": seenDue(DUE_AT), "another due time seen": seenDue(DUE_AT - 1) },
};

/** Every way of every guard that any clause of the transition has, each with each. */
function situationsOf(name: TransitionName): readonly (readonly [title: string, situation: Situation])[] {
  const guards = new Set((TRANSITIONS[name].clauses as readonly Clause[]).flatMap(({ when = [] }) => when));
  let combined: readonly (readonly [string, Situation])[] = [["", WILLING]];
  for (const guard of guards) {
    combined = combined.flatMap(([title, situation]) =>
      Object.entries(WAYS[guard]).map(([way, change]): [string, Situation] => [`${title}, ${way}`, change(situation)]),
    );
  }
  return combined;
}

/** A request as the transitions leave it in this status, but for what the situation says. */
async function stand(status: RequestStatus, given: Situation["item"]): Promise<RequestRef> {
  const request = sampleRequest();
  await store.create(request);
  const shard = workShard(request.requestId);
  const ended = status === "completed" || status === "cancelled";
  await raw.force(request, {
    status,
    attempt: ATTEMPT,
    dispatches: 3,
    work: ended ? undefined : workPartition(status === "failed" ? "failed" : "open", shard),
    due_at: ended ? undefined : DUE_AT,
    lease_expires_at: status === "processing" ? now : undefined,
    retry_at: status === "retrying" ? now : undefined,
    started_at: status === "pending" ? undefined : now - 9,
    ended_at: ended || status === "failed" ? now - 8 : undefined,
    cancel_requested_at: status === "cancelled" ? now - 20 : undefined,
    ...given,
  });
  return request;
}

const MODELLED = {
  status: true,
  attempt: true,
  uncounted_attempts: true,
  dispatches: true,
  retry_at: true,
  lease_expires_at: true,
  cancel_requested_at: true,
  due_at: true,
  work: true,
  queued_at: true,
  started_at: true,
  ended_at: true,
} satisfies Record<keyof ModelItem, true>;
/** The keys of the work index, and the life of a redriven request, which are told of in tests of their own. */
const NOT_COMPARED = new Set([...Object.keys(MODELLED), "gsi4pk", "gsi4sk", "expires_at"]);

function toModel(stored: RawItem): ModelItem {
  const number = (name: string): number | undefined => (stored[name]?.N === undefined ? undefined : Number(stored[name].N));
  const work = stored["work"]?.S?.split("#")[0];
  return {
    status: stored["status"]?.S as RequestStatus,
    attempt: number("attempt") ?? 0,
    uncounted_attempts: number("uncounted_attempts") ?? 0,
    dispatches: number("dispatches") ?? 0,
    retry_at: number("retry_at"),
    lease_expires_at: number("lease_expires_at"),
    cancel_requested_at: number("cancel_requested_at"),
    due_at: number("due_at"),
    work: work as ModelItem["work"],
    queued_at: number("queued_at"),
    started_at: number("started_at"),
    ended_at: number("ended_at"),
  };
}

const changedBeside = (before: RawItem, after: RawItem): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !NOT_COMPARED.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .toSorted();

const itemOf = async (ref: RequestRef): Promise<RawItem> => (await raw.request(ref))["request"] ?? {};

describe.each(Object.entries(VARIANTS))("%s", (_, { name, run, others = [], uncounted }) => {
  const cases = REQUEST_STATUSES.flatMap((status) =>
    situationsOf(name).map(([title, situation]): [string, RequestStatus, Situation] => [`${status}${title}`, status, situation]),
  );

  it.each(cases)("of one that is %s: the store does what the model says", async (_title, status, situation) => {
    const { writersAttempt: attempt, dueAtSeen: dueAt } = situation;
    const ref = await stand(status, situation.item);
    const seen = await store.getConsistent(ref);
    if (seen === undefined) throw new Error("the request that was just stored is not there");
    // A redrive reads its attempt itself: that changes after the read, and before the write.
    const moved = name === "redrive" && attempt !== ATTEMPT ? ATTEMPT + (ATTEMPT - attempt) : ATTEMPT;
    if (moved !== ATTEMPT) beforeUpdate = () => raw.force(ref, { attempt: moved });
    const stored = await itemOf(ref);
    const before = moved === ATTEMPT ? stored : { ...stored, attempt: { N: String(moved) } };
    const state = toModel(before);
    const allowed = mayHappen(name, state, { attempt: name === "redrive" ? ATTEMPT : attempt, now, dueAt });

    const result = await run({ request: { ...seen, dueAt }, attempt });

    const after = await itemOf(ref);
    expect(result.done).toBe(allowed);
    expect(toModel(after)).toEqual(allowed ? { ...state, ...EFFECTS[name](state, { ...VALUES, uncounted: uncounted === true }) } : state);
    expect(changedBeside(before, after)).toEqual(allowed ? others.toSorted() : []);
    // The index holds what the item says, as long as it says something.
    expect(after["gsi4pk"]).toEqual(allowed ? after["work"] : before["gsi4pk"]);
  });
});
