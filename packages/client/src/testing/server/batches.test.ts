import { MAX_FRAME_BYTES, byteLength, defineAction, defineActions } from "@streamer/protocol";
import type { BatchItem, ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import * as v from "valibot";
import { expect, onTestFinished, test } from "vitest";
import { createTestServer } from "./createTestServer.ts";
import type { TestHandler } from "./testServer.ts";
import { createTestToken } from "./testToken.ts";

/** What the conversations of the vectors do not say. They run on this server too (`vectors.test.ts`). */
const actions = defineActions({
  countRows: defineAction("count_rows", { input: v.object({ rows: v.number() }), output: v.unknown(), estimatedDuration: "1 minute" }),
});
type Batch = Extract<ServerMessage, { type: "batch" }>;

async function setUp(script: TestHandler<typeof actions.countRows>) {
  const clock = createFakeClock();
  const server = createTestServer({ actions, clock });
  onTestFinished(() => server.close());
  server.on("count_rows", script);
  const connect = async (sub = "ada") => {
    const socket = new server.WebSocket(server.url, ["streamer.v1", `streamer.jwt.${createTestToken({ sub })}`]);
    const inbox: ServerMessage[] = [];
    socket.addEventListener("message", ({ data }) => inbox.push(JSON.parse(data as string) as ServerMessage));
    await clock.advance(0);
    return async (message: object): Promise<readonly ServerMessage[]> => {
      socket.send(JSON.stringify(message));
      await clock.advance(0);
      return inbox.splice(0);
    };
  };
  return { server, clock, connect, send: await connect() };
}

const submit = (count: number) => ({
  type: "submit_batch",
  batch_id: "b1",
  action: "count_rows",
  first: 0,
  payloads: Array.from({ length: count }, (_, rows) => ({ rows })),
});
const ask = (type: string, first: number, count: number) => ({ type, batch_id: "b1", first, count });

test("a batch is answered when each of its items is; news may overtake the answer", async () => {
  const { send, server, clock } = await setUp((request) => {
    if (request.id === "b1.1") return;
    request.progress(50, "Half of it");
    request.complete(request.payload);
  });
  const before = await send(submit(2));
  expect(before.map(({ type }) => type)).toEqual(["progress", "complete"]);
  server.request("b1.1")?.acknowledge();
  await clock.advance(0);
  const [answer] = await send({ type: "ping" });
  expect(answer).toMatchObject({
    type: "batch",
    items: [
      { n: 0, status: "processing" },
      { n: 1, status: "pending" },
    ],
  });
});

test("a script refuses an item as it refuses a request", async () => {
  const { send } = await setUp((request) => {
    if (request.id === "b1.0") request.refuse("RATE_LIMITED", { retry_after: 5 });
    else request.acknowledge();
  });
  expect(await send(submit(2))).toMatchObject([
    {
      type: "batch",
      items: [
        { n: 0, error: { code: "RATE_LIMITED", details: { retry_after: 5 } } },
        { n: 1, status: "pending" },
      ],
    },
  ]);
});

test("an answer of large outcomes has 32 KB, and says where to go on", async () => {
  const { send } = await setUp((request) => request.complete("x".repeat(10_000)));
  await send(submit(7));
  const items: BatchItem[] = [];
  let next: number | undefined = 0;
  while (next !== undefined) {
    const [answer] = await send(ask("subscribe_batch", next, 7 - next));
    const page = answer as Batch;
    expect(byteLength(JSON.stringify(page))).toBeLessThanOrEqual(MAX_FRAME_BYTES);
    items.push(...page.items);
    next = page.next;
  }
  expect(items).toMatchObject([0, 1, 2, 3, 4, 5, 6].map((n) => ({ n, status: "completed", outcome: { type: "complete" } })));
});

test("a connection that asked for the items hears of them; who cancels one is told by the answer alone", async () => {
  const { server, connect, send } = await setUp((request) => request.acknowledge());
  await send(submit(2));
  const other = await connect();
  await other(ask("subscribe_batch", 0, 2));
  server.request("b1.0")?.progress(10, "begun");
  expect(await other({ type: "ping" })).toMatchObject([{ type: "progress", request_id: "b1.0" }, { type: "pong" }]);
  await send({ type: "ping" });
  expect(await other(ask("cancel_batch", 0, 2))).toMatchObject([
    {
      type: "batch",
      items: [
        { n: 0, status: "processing" },
        { n: 1, status: "cancelled", outcome: { type: "cancelled" } },
      ],
    },
  ]);
  expect(await send({ type: "ping" })).toMatchObject([{ type: "cancelled", request_id: "b1.1" }, { type: "pong" }]);
  expect(server.request("b1.0")?.signal.aborted).toBe(true);
});

test("frames that the server limits or cannot read are refused under the batch's id", async () => {
  const { server, send } = await setUp((request) => request.acknowledge());
  server.limitFrames(1, 3);
  expect(await send(submit(1))).toMatchObject([{ type: "error", batch_id: "b1", error: { code: "RATE_LIMITED" } }]);
  expect(await send({ ...submit(1), first: -1 })).toMatchObject([{ type: "error", batch_id: "b1", error: { code: "INVALID_MESSAGE" } }]);
});
