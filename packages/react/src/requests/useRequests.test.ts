// @vitest-environment jsdom
import { act } from "@testing-library/react";
import { createElement } from "react";
import type { ServerMessage } from "@streamer/protocol";
import { describe, expect, test } from "vitest";
import { StreamerProvider } from "../provider/streamerProvider.ts";
import { setUpConnectedApp } from "../testing/app.ts";
import { refusal } from "../testing/messages.ts";
import type { ScriptedConnection } from "../testing/scriptedServer.ts";
import { watch } from "../testing/watch.ts";
import type { RequestQuery, RequestSummary } from "./requestList.ts";
import { useRequests } from "./useRequests.ts";

interface Props {
  readonly query?: RequestQuery;
  readonly live?: boolean;
}

async function setUpList(options: { readonly props?: Props; readonly strict?: boolean } = {}) {
  const setup = await setUpConnectedApp();
  const list = watch(({ query, live }: Props) => useRequests(query, { live }), {
    props: {},
    ...options,
    wrapper: ({ children }) => createElement(StreamerProvider, { client: setup.api, children }),
  });
  return { ...setup, list };
}

function summary(id: string, status: RequestSummary["status"] = "processing"): RequestSummary {
  return { request_id: id, action: "generate_report", user_id: "u1", status, attempt: 1, created_at: 1, expires_at: 2 };
}

/** Answers the next question for a page. @returns what was asked. */
async function answer(connection: ScriptedConnection, items: readonly RequestSummary[], cursor?: string): Promise<unknown> {
  const frame = await connection.next();
  const data = cursor === undefined ? { items } : { items, cursor };
  connection.send({ type: "response", request_id: frame["id"] as string, success: true, data });
  expect(frame).toMatchObject({ type: "request", action: "list_requests" });
  return frame["payload"];
}

const ids = (value: { readonly requests: readonly RequestSummary[] }): string[] => value.requests.map((request) => request.request_id);

test("it lists the user's requests as the server has them", async () => {
  const { connection, list } = await setUpList();
  expect(list.current).toMatchObject({ requests: [], loading: true, hasMore: false });
  expect(await answer(connection, [summary("b"), summary("a", "completed")])).toEqual({});
  await list.until(({ loading }) => !loading);
  expect(list.current.requests).toEqual([summary("b"), summary("a", "completed")]);
  expect(list.current).toMatchObject({ hasMore: false, error: undefined });
  expect(list.shown).toHaveLength(2);
});

test("more are fetched on demand, and a page that is empty is not the end", async () => {
  const { connection, list } = await setUpList({ props: { query: { limit: 2 } } });
  await answer(connection, [summary("d"), summary("c")], "after c");
  await list.until(({ hasMore }) => hasMore);
  void list.current.loadMore();
  // While one fetch is under way another is not begun.
  void list.current.loadMore();
  expect(await answer(connection, [], "after nothing")).toEqual({ limit: 2, cursor: "after c" });
  expect(await answer(connection, [summary("c"), summary("b")])).toEqual({ limit: 2, cursor: "after nothing" });
  await list.until(({ loading }) => !loading);
  expect(ids(list.current)).toEqual(["d", "c", "b"]);
  expect(list.current.hasMore).toBe(false);
  await act(() => list.current.loadMore());
  expect(connection.unread).toEqual([]);
});

test("a refresh keeps what is shown until as many are there anew", async () => {
  const { connection, list } = await setUpList();
  await answer(connection, [summary("b"), summary("a")]);
  await list.until(({ loading }) => !loading);
  void list.current.refresh();
  await list.until(({ loading }) => loading);
  expect(ids(list.current)).toEqual(["b", "a"]);
  await answer(connection, [summary("c")], "after c");
  await answer(connection, [summary("b", "failed")], "after b");
  await list.until(({ loading }) => !loading);
  expect(list.current.requests).toEqual([summary("c"), summary("b", "failed")]);
  expect(list.current.hasMore).toBe(true);
});

test("it is fetched anew when the connection is back", async () => {
  const { server, connection, list } = await setUpList();
  await answer(connection, [summary("a")]);
  await list.until(({ loading }) => !loading);
  connection.drop();
  await answer(await server.accept(), [summary("b"), summary("a")]);
  const { requests } = await list.until((value) => value.requests.length === 2);
  expect(requests).toEqual([summary("b"), summary("a")]);
});

test("another query has a list of its own; the same one in a new object does not", async () => {
  const { connection, list } = await setUpList({ props: { query: { action: "generate_report" } } });
  await answer(connection, [summary("a")]);
  await list.until(({ loading }) => !loading);
  const before = list.current;
  list.rerender({ query: { action: "generate_report" } });
  expect(list.current).toBe(before);
  list.rerender({ query: { status: "failed" } });
  expect(list.current).toMatchObject({ requests: [], loading: true });
  expect(await answer(connection, [summary("f", "failed")])).toEqual({ status: "failed" });
  await list.until(({ loading }) => !loading);
  expect(ids(list.current)).toEqual(["f"]);
});

test("a refusal is shown, and what was fetched before stays", async () => {
  const { connection, list } = await setUpList();
  await answer(connection, [summary("a")]);
  await list.until(({ loading }) => !loading);
  void list.current.refresh();
  const { id } = await connection.next();
  connection.send(refusal("FORBIDDEN", id as string));
  const { error } = await list.until((value) => value.error !== undefined);
  expect(error?.code).toBe("FORBIDDEN");
  expect(list.current).toMatchObject({ loading: false });
  expect(ids(list.current)).toEqual(["a"]);
});

test("StrictMode asks once", async () => {
  const { connection, list } = await setUpList({ strict: true });
  await answer(connection, [summary("a")]);
  await list.until(({ loading }) => !loading);
  expect(connection.unread).toEqual([]);
});

describe("a live list", () => {
  const changed = (id: string): ServerMessage => ({
    type: "event",
    topic: "requests",
    events: [{ id, data: { request_id: "r1" }, timestamp: 1 }],
  });

  /** Answers frames until the list has been asked for, and its subscription, so often. */
  async function setUpLive(strict = false) {
    const setup = await setUpList({ props: { live: true }, strict });
    const { connection, list } = setup;
    expect(await connection.next()).toEqual({ type: "subscribe_topic", topic: "requests" });
    expect(await answer(connection, [summary("a")])).toEqual({});
    await list.until(({ loading }) => !loading);
    return setup;
  }

  test("is fetched again once it is followed, for what changed meanwhile, and then at each change", async () => {
    const { connection, list } = await setUpLive();
    expect(list.current.live).toBe(false);
    connection.send({ type: "subscribed_topic", topic: "requests" });
    await list.until(({ live }) => live);
    await answer(connection, [summary("a")]);
    connection.send(changed("e1"));
    await answer(connection, [summary("b"), summary("a")]);
    await list.until(({ requests }) => requests.length === 2);
    expect(connection.unread).toEqual([]);
  });

  test("is followed again, and fetched, after a loss of the connection", async () => {
    const { server, connection, list } = await setUpLive();
    connection.send({ type: "subscribed_topic", topic: "requests" });
    await list.until(({ live }) => live);
    connection.drop();
    await list.until(({ live }) => !live);
    const next = await server.accept();
    const frames = [await next.next(), await next.next()];
    expect(new Set(frames.map(({ type }) => type))).toEqual(new Set(["request", "subscribe_topic"]));
    next.send({ type: "subscribed_topic", topic: "requests" });
    await list.until(({ live }) => live);
  });

  test("that the server refuses is a list like any other", async () => {
    const { connection, list } = await setUpLive();
    connection.send({ type: "error", topic: "requests", error: { code: "NOT_FOUND", message: "…", retryable: false } });
    void list.current.refresh();
    await answer(connection, [summary("b")]);
    await list.until(({ loading, requests }) => !loading && requests[0]?.request_id === "b");
    expect(list.current).toMatchObject({ live: false, error: undefined });
  });

  test("in StrictMode is followed once, and not any more when it is unmounted", async () => {
    const { connection, list } = await setUpLive(true);
    connection.send({ type: "subscribed_topic", topic: "requests" });
    await list.until(({ live }) => live);
    await answer(connection, [summary("a")]);
    await list.until(({ loading }) => !loading);
    expect(connection.unread).toEqual([]);
    list.unmount();
    expect(await connection.next()).toEqual({ type: "unsubscribe_topic", topic: "requests" });
  });
});
