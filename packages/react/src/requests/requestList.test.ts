import type { ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { expect, onTestFinished, test } from "vitest";
import { setUpConnectedApp } from "../testing/app.ts";
import { LIVE_DELAY_MS, RequestList } from "./requestList.ts";
import type { RequestListState, RequestSummary } from "./requestList.ts";

function summary(id: string): RequestSummary {
  return { request_id: id, action: "generate_report", user_id: "u1", status: "processing", attempt: 1, created_at: 1, expires_at: 2 };
}

const changed = (id: string): ServerMessage => ({
  type: "event",
  topic: "requests",
  events: [{ id, data: { request_id: "r1" }, timestamp: 1 }],
});

/** A live list that somebody looks at; its first page is there, and it is followed. */
async function setUpFollowed() {
  const { api, connection } = await setUpConnectedApp();
  const clock = createFakeClock();
  const list = new RequestList({ query: {}, live: true }, { list: api.listRequests, client: api.$client, clock });
  const wakers = new Set<() => void>();
  const stop = list.subscribe(() => wakers.forEach((wake) => wake()));
  onTestFinished(stop);
  const until = async (isIt: (state: RequestListState) => boolean): Promise<void> => {
    while (!isIt(list.getState())) await new Promise<void>((resolve) => void wakers.add(resolve));
  };
  const answer = (id: unknown, items: readonly RequestSummary[]): void =>
    connection.send({ type: "response", request_id: id as string, success: true, data: { items } });
  const frames = [await connection.next(), await connection.next()];
  expect(frames).toMatchObject([
    { type: "subscribe_topic", topic: "requests" },
    { type: "request", action: "list_requests" },
  ]);
  answer(frames[1]?.["id"], [summary("a")]);
  await until(({ loading }) => !loading);
  connection.send({ type: "subscribed_topic", topic: "requests" });
  await until(({ live }) => live);
  return { api, connection, clock, stop, until, answer };
}

/** Everything that was sent before has been read when this resolves. */
async function settled({ api, connection }: Awaited<ReturnType<typeof setUpFollowed>>): Promise<void> {
  const echo = api.$client.submit("echo");
  const { id } = await connection.next();
  connection.send({ type: "response", request_id: id as string, success: true, data: 1 });
  await echo.result();
}

test("many changes within a quarter of a second are one fetch", async () => {
  const setup = await setUpFollowed();
  const { connection, clock, answer, until } = setup;
  for (const id of ["e1", "e2", "e3"]) connection.send(changed(id));
  await settled(setup);
  await clock.advance(LIVE_DELAY_MS - 1);
  expect(connection.unread).toEqual([]);
  await clock.advance(1);
  answer((await connection.next())["id"], [summary("b"), summary("a")]);
  await until(({ requests }) => requests.length === 2);
  await clock.advance(10 * LIVE_DELAY_MS);
  await settled(setup);
  expect(connection.unread).toEqual([]);
});

test("a change while the list is fetched does not begin it anew, but is fetched after it", async () => {
  const setup = await setUpFollowed();
  const { connection, clock, answer, until } = setup;
  await clock.advance(LIVE_DELAY_MS);
  const { id } = await connection.next();
  connection.send(changed("e1"));
  await settled(setup);
  await clock.advance(10 * LIVE_DELAY_MS);
  await settled(setup);
  expect(connection.unread).toEqual([]);
  answer(id, [summary("b"), summary("a")]);
  await until(({ requests }) => requests.length === 2);
  await clock.advance(LIVE_DELAY_MS);
  answer((await connection.next())["id"], [summary("c"), summary("b"), summary("a")]);
  await until(({ requests }) => requests.length === 3);
});

test("a list that nobody looks at any more is not fetched, and not followed", async () => {
  const setup = await setUpFollowed();
  const { connection, clock, stop } = setup;
  connection.send(changed("e1"));
  await settled(setup);
  expect(clock.pending).toBe(1);
  stop();
  expect(clock.pending).toBe(0);
  expect(await connection.next()).toEqual({ type: "unsubscribe_topic", topic: "requests" });
  expect(connection.unread).toEqual([]);
});
