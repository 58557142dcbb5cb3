import { actions } from "@streamer/functions/actions";
import type { App } from "@streamer/functions/actions";
import type { ClientMessageInput, InputOf } from "@streamer/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack } from "../support/localStack.ts";
import type { TestStack } from "../support/localStack.ts";
import { connectWire } from "../support/wireClient.ts";
import { BATCH_ID, createVictim, REPORT, VICTIM } from "./victim.ts";
import type { Victim } from "./victim.ts";

/** Who asks for what is not theirs. Each has a tenant of their own, but for those of the victim's own. */
const OUTSIDERS = [
  ["another tenant's user", { tenant: "acme", user: "mallory" }],
  ["another tenant's user of the victim's name", { tenant: "initech", user: VICTIM.user }],
  ["a user of a tenant whose name differs by case", { tenant: "Globex", user: VICTIM.user }],
  ["a user whose tenant's name holds the victim's key", { tenant: "globex#is-pending", user: VICTIM.user }],
] as const;
const COLLEAGUES = [
  ["another user of the same tenant", { tenant: VICTIM.tenant, user: "mallory" }],
  ["a user whose name differs by case", { tenant: VICTIM.tenant, user: "Vic" }],
] as const;
type Actor = (typeof OUTSIDERS | typeof COLLEAGUES)[number][1];

/** An input of each action that comes with Streamer. The compiler asks for a new one's. */
const INPUTS: { readonly [Key in keyof App]: InputOf<App[Key]> } = {
  echo: { message: "hello" },
  health: {},
  getRequest: { request_id: "is-completed" },
  listRequests: { scope: "tenant" },
  generateReport: { ...REPORT, format: "csv" },
  processData: { format: "csv", data: "a\n1\n" },
  bulkOperation: { operation: "put", items: [{ id: "a", data: {} }] },
};
const requestsFor = (keys: readonly (keyof App)[]) => (id: string) =>
  keys.map((key) => ({ type: "request" as const, id, action: actions[key].name, payload: INPUTS[key] }));

/** The id of an item is none of a batch. */
const batchIds = (id: string): readonly string[] => (id.includes(".") ? [] : [id]);

/** The frames of each type that name a request's id; those that take none carry it where it is ignored. The compiler asks for a new type's. */
const FRAMES: {
  readonly [Type in ClientMessageInput["type"]]: (id: string, token: string) => readonly (object & { readonly type: Type })[];
} = {
  cancel: (id) => [
    { type: "cancel", request_id: id },
    { type: "cancel", request_id: id, reason: "mine now" },
  ],
  subscribe: (id) => [
    { type: "subscribe", request_id: id },
    { type: "subscribe", request_id: id, after: 1_000_000 },
    { type: "subscribe", request_id: id, after: 9_000_000 },
  ],
  unsubscribe: (id) => [{ type: "unsubscribe", request_id: id }],
  subscribe_topic: (id) => [{ type: "subscribe_topic", topic: `requests/${id}` }],
  unsubscribe_topic: (id) => [{ type: "unsubscribe_topic", topic: `requests/${id}` }],
  submit_batch: (id) =>
    batchIds(id).flatMap((batch_id) =>
      ["echo", "unknown"].map((action) => ({ type: "submit_batch" as const, batch_id, action, first: 0, payloads: [{}] })),
    ),
  subscribe_batch: (id) => batchIds(id).map((batch_id) => ({ type: "subscribe_batch", batch_id, first: 0, count: 2 })),
  cancel_batch: (id) => batchIds(id).map((batch_id) => ({ type: "cancel_batch", batch_id, first: 0, count: 2, reason: "mine now" })),
  authenticate: (id, token) => [{ type: "authenticate", token, request_id: id } as const],
  ping: (id) => [{ type: "ping", request_id: id } as const],
  upload: (id) =>
    ["generate_report", "echo", "unknown"].map((action) => ({
      type: "upload" as const,
      request_id: id,
      action,
      size_bytes: 40_000,
      sha256: `${"A".repeat(43)}=`,
    })),
  request: (id) => [
    ...requestsFor(["echo", "health", "getRequest", "listRequests"])(id),
    { type: "request", id, action: actions.getRequest.name, payload: { request_id: id } },
    { type: "request", id, action: actions.listRequests.name, payload: { action: id } },
  ],
};

let stack: TestStack;
let victim: Victim;
let before: Awaited<ReturnType<Victim["snapshot"]>>;
let framesBefore: number;
const tokens = new Map<Actor, Promise<string>>();
beforeAll(async () => {
  // Without a sweeper, which would see to the victim's open requests on a machine that is slow.
  stack = await startTestStack({ wiring: (wiring) => ({ ...wiring, schedules: [] }) });
  victim = await createVictim(stack);
  before = await victim.snapshot();
  framesBefore = victim.client.frames.length;
});
afterAll(async () => {
  await victim.close();
  await stack.stop();
});

function tokenOf(actor: Actor): Promise<string> {
  const token = tokens.get(actor) ?? stack.token(actor);
  tokens.set(actor, token);
  return token;
}

/** A connection that is asked one thing after the other. */
async function open(actor: Actor) {
  const client = await connectWire(stack.websocketUrl, await tokenOf(actor));
  // In the key of an upload, in a URL. One actor's holds the id of a request.
  const ownTenant = encodeURIComponent(encodeURIComponent(actor.tenant));
  /** The answer as text; the actor's own tenant, ids of the request and what a clock says are left out. */
  const ask = async (frame: object, id: string): Promise<string> => {
    const known = client.frames.length;
    client.send(frame);
    await client.waitFor((candidate) => client.frames.indexOf(candidate) >= known);
    return (
      JSON.stringify(client.frames[known])
        .replaceAll(ownTenant, "<tenant>")
        .replaceAll(id, "<id>")
        // Made for each frame. Of the victim's requests it is "c", and would stay.
        .replaceAll(/,"correlation_id":"[\da-f-]{36}"/g, "")
        .replaceAll(/"time":"[^"]*"|"duration_ms":\d+|"expires_at":\d+|X-Amz-(?:Date|Signature)=\w+/g, '"measured"')
    );
  };
  const close = (): Promise<void> => client.close();
  return { ask, close };
}

/** An id of the same form that nobody ever used. */
let ghosts = 0;
const ghost = (): string => `no-such-${(ghosts += 1)}`;

async function expectNothingChanged(): Promise<void> {
  expect(await victim.snapshot()).toEqual(before);
  expect(victim.client.frames).toHaveLength(framesBefore);
}

it("what is asked for is there: the victim gets it", async () => {
  const client = await connectWire(stack.websocketUrl, await stack.token(VICTIM));
  client.send({ type: "subscribe", request_id: "is-completed" });
  expect(await client.waitFor((frame) => frame["type"] === "subscribed")).toMatchObject({
    status: "completed",
    updates: [{ type: "chunk" }],
    outcome: { type: "complete" },
  });
  client.send({ type: "unsubscribe", request_id: "is-completed" });
  await client.waitFor((frame) => frame["type"] === "unsubscribed");
  await client.close();
  for (const items of Object.values(before)) expect(items.length).toBeGreaterThan(0);
});

describe.each([...OUTSIDERS, ...COLLEAGUES])("%s", (_, actor) => {
  it.each(Object.keys(FRAMES) as (keyof typeof FRAMES)[])(
    "learns by %s no more of another's request than of one that does not exist, and changes nothing",
    async (type) => {
      const token = await tokenOf(actor);
      for (const id of [...victim.requestIds, BATCH_ID]) {
        // A connection each: more frames than one may send in its time would be refused for their number.
        const { ask, close } = await open(actor);
        const other = ghost();
        const theirs = FRAMES[type](id, token);
        const nobodys = FRAMES[type](other, token);
        for (const [index, frame] of theirs.entries()) {
          expect(await ask(frame, id)).toBe(await ask(nobodys[index] ?? {}, other));
        }
        await close();
      }
      await expectNothingChanged();
    },
  );
});

describe.each(OUTSIDERS)("%s", (_, actor) => {
  // Last, since from then on the ids are their own tenant's too.
  it("may use the same id for a request of their own, as if there were no other", async () => {
    for (const id of [victim.finishedReport, "is-pending", ghost()]) {
      // A connection each: progress follows on the one that submitted.
      const { ask, close } = await open(actor);
      const [own = {}] = requestsFor(["generateReport"])(id);
      expect(await ask(own, id)).toBe('{"type":"acknowledgment","request_id":"<id>","status":"pending"}');
      await close();
    }
    await expectNothingChanged();
  });
});

describe.each(COLLEAGUES)("%s", (_, actor) => {
  it("learns by a request that an id is taken, as PROTOCOL.md says, and nothing else: not the state, not whether it is the same", async () => {
    const answers = new Set<string>();
    const { ask, close } = await open(actor);
    for (const id of victim.requestIds) {
      const [same = {}] = requestsFor(["generateReport"])(id);
      answers.add(await ask(same, id));
      answers.add(await ask({ ...same, payload: { ...REPORT, format: "pdf" } }, id));
    }
    await close();
    expect([...answers]).toEqual([
      '{"type":"error","request_id":"<id>","error":{"code":"DUPLICATE_REQUEST","message":"The id is taken by a different request.","retryable":false}}',
    ]);
    await expectNothingChanged();
  });
});

it("every action that comes with Streamer was asked for", () => {
  expect(Object.keys(INPUTS).toSorted()).toEqual(Object.keys(actions).toSorted());
});
