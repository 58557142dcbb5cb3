import { REQUEST_STATUSES } from "@streamer/protocol";
import type { RequestStatus } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import type { RawTable } from "../testing/rawTable.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { createRequestStore } from "./requestStore.ts";
import type { RequestStore, SettleResult } from "./requestVerbs.ts";
import type { RequestRef } from "./storedRequest.ts";
import { mayHappen, TRANSITIONS } from "./transitions.ts";
import type { TransitionName } from "./transitions.ts";

const clock = createFakeClock();
const now = clock.now();
const ATTEMPT = 2;
const LEASE_MS = 60_000;
const BIG = JSON.stringify("x".repeat(5_000));

let config: TableConfig;
let store: RequestStore;
let raw: RawTable;
beforeAll(async () => {
  config = await createTestTable();
  store = createRequestStore(config, clock);
  raw = createRawTable(config);
});

type Verb = (ref: RequestRef, attempt: number) => Promise<SettleResult>;
const progress = { percentage: 40, message: "Halfway", at: now };
/** Every verb that is a transition. `retry` is named in the table of transitions and has no verb yet. */
const VERBS: Readonly<Record<string, { readonly name: TransitionName; readonly verb: Verb }>> = {
  claim: { name: "claim", verb: (ref) => store.claim(ref, LEASE_MS) },
  heartbeat: { name: "heartbeat", verb: (ref, attempt) => store.heartbeat(ref, attempt, LEASE_MS, progress) },
  release: { name: "release", verb: (ref, attempt) => store.release(ref, attempt) },
  complete: { name: "complete", verb: (ref, attempt) => store.complete(ref, attempt, { body: "1", files: {} }, progress) },
  "complete with a big result": {
    name: "complete",
    verb: (ref, attempt) => store.complete(ref, attempt, { body: BIG, files: {} }, progress),
  },
  fail: { name: "fail", verb: (ref, attempt) => store.fail(ref, attempt, { code: "PROCESSING_FAILED" }, progress) },
  stop: { name: "stop", verb: (ref, attempt) => store.stop(ref, attempt, progress) },
  cancel: { name: "cancel", verb: (ref) => store.cancel(ref, "no need") },
  requestCancel: { name: "requestCancel", verb: (ref) => store.requestCancel(ref, "no need") },
};

interface Situation {
  readonly status: RequestStatus;
  readonly lease: number | undefined;
  readonly retryAt: number | undefined;
  readonly writersAttempt: number;
}
/** What a guard can look at, per status. Elsewhere everything is due, so that only the status can be what refuses. */
const guarded = (status: RequestStatus): readonly (readonly [string, Omit<Situation, "writersAttempt">])[] => {
  if (status === "processing") {
    return [
      ["processing without a lease", { status, lease: undefined, retryAt: now }],
      ["processing under an expired lease", { status, lease: now, retryAt: now }],
      ["processing under a live lease", { status, lease: now + 1, retryAt: now }],
    ];
  }
  if (status === "retrying") {
    return [
      ["retrying without a time", { status, lease: now, retryAt: undefined }],
      ["retrying at its time", { status, lease: now, retryAt: now }],
      ["retrying before its time", { status, lease: now, retryAt: now + 1 }],
    ];
  }
  return [[status, { status, lease: now, retryAt: now }]];
};
const WRITERS = { "an older attempt": ATTEMPT - 1, "the same attempt": ATTEMPT, "a newer attempt": ATTEMPT + 1 };
const situations = REQUEST_STATUSES.flatMap(guarded).flatMap(([state, situation]) =>
  Object.entries(WRITERS).map(([writer, writersAttempt]): [string, Situation] => [
    `${state}, asked by ${writer}`,
    { ...situation, writersAttempt },
  ]),
);

async function stand({ status, lease, retryAt }: Situation): Promise<RequestRef> {
  const request = sampleRequest();
  await store.create(request);
  await raw.force(request, { status, attempt: ATTEMPT, lease_expires_at: lease, retry_at: retryAt });
  return { tenantId: request.tenantId, requestId: request.requestId };
}

describe.each(Object.entries(VERBS))("%s", (_, { name, verb }) => {
  it.each(situations)("%s: is written exactly when the state machine allows it", async (_title, situation) => {
    const ref = await stand(situation);
    const before = await raw.request(ref);
    const state = { status: situation.status, attempt: ATTEMPT, lease_expires_at: situation.lease, retry_at: situation.retryAt };
    const allowed = mayHappen(name, state, { attempt: situation.writersAttempt, now });
    const { status, attempt } = allowed
      ? { status: TRANSITIONS[name].to, attempt: name === "claim" ? ATTEMPT + 1 : ATTEMPT }
      : { status: situation.status, attempt: ATTEMPT };

    const result = await verb(ref, situation.writersAttempt);

    const after = await raw.request(ref);
    expect(result.done).toBe(allowed);
    expect(after["request"]).toMatchObject({ status: { S: status }, attempt: { N: String(attempt) } });
    // Lost: nothing has changed, and the result tells how the request stands.
    expect(allowed ? before : after).toEqual(before);
    expect(result.done ? undefined : result.request).toEqual(allowed ? undefined : await store.getConsistent(ref));
  });

  it("does nothing to a request that does not exist, and says so", async () => {
    const ref = { tenantId: "Acme", requestId: crypto.randomUUID() };
    expect(await verb(ref, 1)).toEqual({ done: false, request: undefined });
    expect(await raw.request(ref)).toEqual({});
  });
});
