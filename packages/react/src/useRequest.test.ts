// @vitest-environment jsdom
import { act } from "@testing-library/react";
import { expect, test } from "vitest";
import { setUpConnectedApp } from "./testing/app.ts";
import { chunk, complete, progress } from "./testing/messages.ts";
import { watch } from "./testing/watch.ts";
import { useAction } from "./useAction.ts";
import { useRequest } from "./useRequest.ts";

interface Props {
  readonly id: string | undefined;
}

async function setUpWatched(props: Props) {
  const setup = await setUpConnectedApp();
  return { ...setup, report: watch(({ id }: Props) => useRequest(setup.api.generateReport, id), { props }) };
}

test("a request of another tab is shown from its start, then live, to its result", async () => {
  const { connection, report } = await setUpWatched({ id: "r1" });
  expect(await connection.next()).toEqual({ type: "subscribe", request_id: "r1", after: 0 });
  const updates = [progress(1, { percentage: 30 }), chunk(2, ["a"])];
  connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates, more: false });
  await report.until(({ percentage }) => percentage === 30);
  expect(report.current).toMatchObject({ status: "running", id: "r1", chunks: [{ line: "a" }] });
  connection.send(progress(3, { percentage: 60 }));
  await report.until(({ percentage }) => percentage === 60);
  connection.send(complete({ url: "u" }));
  await report.until(({ status }) => status === "completed");
  expect(report.current.data).toEqual({ url: "u" });
});

test("without an id it is idle, and nothing is asked for", async () => {
  const { connection, report } = await setUpWatched({ id: undefined });
  expect(report.current.status).toBe("idle");
  report.rerender({ id: "r1" });
  expect(await connection.next()).toMatchObject({ type: "subscribe", request_id: "r1" });
  report.rerender({ id: undefined });
  expect(report.current.status).toBe("idle");
});

test("with another id nothing of the request before is shown, not even once", async () => {
  const { connection, report } = await setUpWatched({ id: "r1" });
  await connection.next();
  connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [progress(1, { percentage: 90 })], more: false });
  await report.until(({ percentage }) => percentage === 90);
  const before = report.shown.length;
  report.rerender({ id: "r2" });
  expect(await connection.next()).toMatchObject({ request_id: "r2" });
  connection.send(progress(2, { percentage: 95 }));
  const updates = [progress(1, { id: "r2", percentage: 10 })];
  connection.send({ type: "subscribed", request_id: "r2", status: "processing", updates, more: false });
  await report.until(({ percentage }) => percentage === 10);
  expect(report.shown.slice(before).filter(({ id, percentage }) => id === "r1" || percentage >= 90)).toEqual([]);
});

test("it can be cancelled", async () => {
  const { connection, report } = await setUpWatched({ id: "r1" });
  await connection.next();
  connection.send({ type: "subscribed", request_id: "r1", status: "pending", updates: [], more: false });
  await report.until(({ status }) => status === "queued");
  void report.current.cancel();
  expect(await connection.next()).toEqual({ type: "cancel", request_id: "r1" });
  connection.send({ type: "cancelled", request_id: "r1" });
  await report.until(({ status }) => status === "cancelled");
});

test("a request that another component submitted is followed without asking the server", async () => {
  const { api, connection } = await setUpConnectedApp();
  const submitting = watch(() => useAction(api.generateReport));
  act(() => void submitting.current.submit({ pages: 3 }, { id: "r1" }));
  await connection.next();
  connection.send(progress(1));
  await submitting.until(({ percentage }) => percentage === 1);
  const following = watch(() => useRequest(api.generateReport, "r1"));
  await following.until(({ percentage }) => percentage === 1);
  connection.send(progress(2));
  await Promise.all([submitting, following].map((each) => each.until(({ percentage }) => percentage === 2)));
  expect(connection.unread).toEqual([]);
});
