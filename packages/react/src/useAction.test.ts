// @vitest-environment jsdom
import type { ProgressUpdate } from "@streamer/client";
import { act } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { setUpConnectedApp } from "./testing/app.ts";
import type { App } from "./testing/app.ts";
import { acknowledgment, chunk, complete, failure, progress, refusal, sequenceOf } from "./testing/messages.ts";
import { watch } from "./testing/watch.ts";
import { useAction } from "./useAction.ts";
import type { UseActionOptions, UseActionResult } from "./useAction.ts";
import { useRequest } from "./useRequest.ts";

interface Resumed {
  readonly id: string | undefined;
}

/** A component with the request `r1` running at 40 percent. */
async function setUpRunning(options: UseActionOptions<App["generateReport"]> = {}) {
  const setup = await setUpConnectedApp();
  const report = watch(() => useAction(setup.api.generateReport, options));
  act(() => void report.current.submit({ pages: 3 }, { id: "r1" }));
  await setup.connection.next();
  setup.connection.send(acknowledgment());
  setup.connection.send(progress(1, { percentage: 40 }));
  await report.until(({ percentage }) => percentage === 40);
  return { ...setup, report };
}

test("before anything is submitted it is idle", async () => {
  const { api } = await setUpConnectedApp();
  const report = watch(() => useAction(api.generateReport));
  expect(report.current).toMatchObject({ status: "idle", id: undefined, percentage: 0, message: "", chunks: [], stale: false });
  await act(() => report.current.cancel());
  expect(report.shown).toHaveLength(1);
});

test("a request is shown from its submission to its result", async () => {
  const { api, connection } = await setUpConnectedApp();
  const report = watch(() => useAction(api.generateReport));
  act(() => void report.current.submit({ pages: 3 }, { id: "r1" }));
  expect(report.current).toMatchObject({ status: "submitting", id: "r1" });
  expect(await connection.next()).toMatchObject({ type: "request", id: "r1", action: "generate_report", payload: { pages: 3 } });
  connection.send(acknowledgment());
  await report.until(({ status }) => status === "queued");
  connection.send(progress(1, { percentage: 40 }));
  const running = await report.until(({ status }) => status === "running");
  expect(running).toMatchObject({ percentage: 40, message: "step 1", metadata: { stage: "query" }, attempt: 1, data: undefined });
  connection.send(chunk(2, ["a", "b"]));
  connection.send(complete({ url: "https://files.example/1" }));
  const completed = await report.until(({ status }) => status === "completed");
  expect(completed).toMatchObject({ percentage: 100, data: { url: "https://files.example/1" }, error: undefined, stale: false });
  expect(completed.chunks).toEqual([{ line: "a" }, { line: "b" }]);
});

test("the end is shown together with the last updates before it", async () => {
  const { connection, report } = await setUpRunning();
  connection.send(progress(2, { percentage: 95 }));
  connection.send(failure("PROCESSING_FAILED"));
  await report.until(({ status }) => status === "failed");
  expect(report.current).toMatchObject({ percentage: 95, message: "step 2", error: { code: "PROCESSING_FAILED" }, data: undefined });
  expect(report.shown.filter(({ status, error }) => (status === "failed") !== (error !== undefined))).toEqual([]);
});

test("cancel asks the server, and its answer is shown", async () => {
  const { connection, report } = await setUpRunning();
  const cancelled = report.current.cancel("not needed");
  expect(await connection.next()).toEqual({ type: "cancel", request_id: "r1", reason: "not needed" });
  connection.send({ type: "cancelled", request_id: "r1", reason: "not needed" });
  await cancelled;
  const { error } = await report.until(({ status }) => status === "cancelled");
  expect(error).toMatchObject({ code: "CANCELLED", details: { reason: "not needed" } });
});

test("while the work waits to be done again the bar stays, and the next attempt begins its own", async () => {
  const { connection, report } = await setUpRunning();
  connection.send(chunk(2, ["of the first"]));
  connection.send({ type: "status", request_id: "r1", status: "retrying", attempt: 1, retry_at: 1_711_929_660 });
  await report.until(({ status }) => status === "retrying");
  expect(report.current).toMatchObject({ percentage: 40, retryAt: new Date(1_711_929_660_000), chunks: [{ line: "of the first" }] });
  connection.send(progress(1, { attempt: 2, previous: sequenceOf(2), percentage: 5 }));
  await report.until(({ attempt, percentage }) => attempt === 2 && percentage === 5);
  expect(report.current).toMatchObject({ status: "running", retryAt: undefined, chunks: [] });
});

test("the bar never falls while the connection is down and what was missed is fetched", async () => {
  const { server, connection, report } = await setUpRunning();
  connection.drop();
  await report.until(({ stale }) => stale);
  expect(report.current).toMatchObject({ status: "running", percentage: 40 });
  const next = await server.accept();
  expect(await next.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(1) });
  const updates = [progress(2, { percentage: 60 }), progress(3, { percentage: 80 })];
  next.send({ type: "subscribed", request_id: "r1", status: "processing", updates, more: false });
  await report.until(({ stale, percentage }) => !stale && percentage === 80);
  const percentages = report.shown.map(({ percentage }) => percentage);
  expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));
});

test("a replay of many updates is a few renderings, and each of them is told once, in order", async () => {
  const { api, connection } = await setUpConnectedApp();
  const told: number[] = [];
  const onProgress = ({ percentage }: ProgressUpdate<{ stage: "query" | "render" }>): void => void told.push(percentage);
  const report = watch(() => useAction(api.generateReport, { resume: "r1", onProgress }));
  expect(await connection.next()).toMatchObject({ type: "subscribe", request_id: "r1" });
  const updates = Array.from({ length: 90 }, (_, index) => progress(index + 1));
  connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates, more: false });
  await report.until(({ percentage }) => percentage === 90);
  expect(told).toEqual(updates.map(({ percentage }) => percentage));
  expect(report.shown.length).toBeLessThan(6);
});

test("a gap is told, and its snapshot moves the bar", async () => {
  const { server, connection, report } = await setUpRunning();
  connection.drop();
  const next = await server.accept();
  await next.next();
  const gap = {
    type: "gap",
    request_id: "r1",
    from: sequenceOf(2),
    to: sequenceOf(9),
    snapshot: { percentage: 70, message: "far", timestamp: 1 },
  } as const;
  next.send({ type: "subscribed", request_id: "r1", status: "processing", gap, updates: [], more: false });
  await report.until(({ incomplete }) => incomplete);
  expect(report.current).toMatchObject({ percentage: 70, message: "far" });
});

test("nothing is rendered when nothing has changed", async () => {
  const { api, connection, report } = await setUpRunning();
  const other = watch(() => useRequest(api.generateReport, "r2"));
  await connection.next();
  const before = report.shown.length;
  const value = report.current;
  // It is running already.
  connection.send({ type: "status", request_id: "r1", status: "processing", attempt: 1 });
  connection.send(progress(1, { percentage: 40 }));
  report.rerender(undefined);
  expect(report.current).toBe(value);
  // What comes later is shown later.
  connection.send({ type: "subscribed", request_id: "r2", status: "processing", updates: [], more: false });
  await other.until(({ status }) => status === "running");
  expect(report.shown).toHaveLength(before);
});

test("what is refused before it is sent fails", async () => {
  const { api, connection } = await setUpConnectedApp();
  const report = watch(() => useAction(api.generateReport));
  act(() => void report.current.submit({ pages: 3 }, { id: "not an id" }));
  expect(report.current).toMatchObject({ status: "submitting", error: undefined });
  const { error } = await report.until(({ status }) => status === "failed");
  expect(error?.code).toBe("INVALID_MESSAGE");
  expect(connection.unread).toEqual([]);
});

test("its functions are the same in each rendering", async () => {
  const { report } = await setUpRunning();
  const distinct = (pick: (value: typeof report.current) => unknown): number => new Set(report.shown.map(pick)).size;
  expect([distinct((value) => value.submit), distinct((value) => value.cancel), distinct((value) => value.reset)]).toEqual([1, 1, 1]);
});

test("another submission is shown in place of the one before, which goes on", async () => {
  const { api, connection, report } = await setUpRunning();
  const first = api.generateReport.submit({ pages: 3 }, { id: "r1" });
  act(() => void report.current.submit({ pages: 4 }, { id: "r2" }));
  expect(report.current).toMatchObject({ status: "submitting", id: "r2", percentage: 0, message: "" });
  connection.send(complete({ url: "first" }));
  expect(await first.result()).toEqual({ url: "first" });
  expect(report.current.id).toBe("r2");
});

test("a reset shows nothing any more", async () => {
  const { connection, report } = await setUpRunning();
  act(() => report.current.reset());
  expect(report.current).toMatchObject({ status: "idle", id: undefined, percentage: 0 });
  connection.send(progress(2));
  act(() => void report.current.submit({ pages: 4 }, { id: "r2" }));
  await connection.next();
  connection.send(acknowledgment("r2"));
  await report.until(({ status }) => status === "queued");
  expect(report.current.percentage).toBe(0);
});

test("when the client is closed, what was known stays and the error says so", async () => {
  const { api, report } = await setUpRunning();
  await api.$client.close();
  const { error } = await report.until((value) => value.error !== undefined);
  expect(error).toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "client_closed" } });
  expect(report.current).toMatchObject({ status: "running", stale: true, percentage: 40 });
});

test("a failed request that an operator starts again goes on, and what was told is not told again", async () => {
  const told: number[] = [];
  const { connection, report } = await setUpRunning({ onProgress: ({ percentage }) => void told.push(percentage) });
  connection.send(failure("WORKER_LOST"));
  await report.until(({ status }) => status === "failed");
  connection.send({ type: "status", request_id: "r1", status: "processing", attempt: 2 });
  expect(await connection.next()).toMatchObject({ type: "subscribe" });
  const updates = [progress(1, { attempt: 2, previous: sequenceOf(1), percentage: 10 })];
  connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates, more: false });
  await report.until(({ status, percentage }) => status === "running" && percentage === 10);
  expect(report.current.error).toBeUndefined();
  connection.send(complete({ url: "again" }));
  await report.until(({ status }) => status === "completed");
  expect(report.current.data).toEqual({ url: "again" });
  expect(told).toEqual([40, 10]);
});

test("a component that is unmounted is told nothing more, and the request goes on", async () => {
  const { api, connection } = await setUpConnectedApp();
  const told: number[] = [];
  const report = watch(() => useAction(api.generateReport, { onProgress: ({ percentage }) => void told.push(percentage) }));
  act(() => void report.current.submit({ pages: 3 }, { id: "r1" }));
  await connection.next();
  const other = watch(() => useRequest(api.generateReport, "r1"));
  connection.send(progress(1));
  await report.until(({ percentage }) => percentage === 1);
  report.unmount();
  connection.send(progress(2));
  connection.send(complete());
  await other.until(({ status }) => status === "completed");
  expect(told).toEqual([1]);
});

test("the onProgress of the last rendering is called", async () => {
  const { api, connection } = await setUpConnectedApp();
  const told: string[] = [];
  const report = watch(
    ({ name }: { name: string }) =>
      useAction(api.generateReport, { onProgress: ({ percentage }) => void told.push(`${name} ${percentage}`) }),
    { props: { name: "first" } },
  );
  act(() => void report.current.submit({ pages: 3 }, { id: "r1" }));
  connection.send(progress(1));
  await report.until(({ percentage }) => percentage === 1);
  report.rerender({ name: "second" });
  connection.send(progress(2));
  await report.until(({ percentage }) => percentage === 2);
  expect(told).toEqual(["first 1", "second 2"]);
});

describe("resume", () => {
  test("goes on with a request of before, from its start to its result", async () => {
    const { api, connection } = await setUpConnectedApp();
    const report = watch(() => useAction(api.generateReport, { resume: "r1" }));
    expect(await connection.next()).toEqual({ type: "subscribe", request_id: "r1", after: 0 });
    const updates = [progress(1, { percentage: 30 }), chunk(2, ["a"])];
    connection.send({
      type: "subscribed",
      request_id: "r1",
      status: "completed",
      updates,
      more: false,
      outcome: complete({ url: "u" }) as never,
    });
    await report.until(({ status }) => status === "completed");
    expect(report.current).toMatchObject({ id: "r1", data: { url: "u" }, chunks: [{ line: "a" }] });
  });

  test("of an id that does not exist fails with NOT_FOUND", async () => {
    const { api, connection } = await setUpConnectedApp();
    const report = watch(() => useAction(api.generateReport, { resume: "nobody" }));
    await connection.next();
    connection.send(refusal("NOT_FOUND", "nobody"));
    const { error } = await report.until(({ status }) => status === "failed");
    expect(error).toMatchObject({ code: "NOT_FOUND" });
  });

  test("of the id that was just submitted changes nothing", async () => {
    const { api, connection } = await setUpConnectedApp();
    const report = watch<UseActionResult<App["generateReport"]>, Resumed>(({ id }) => useAction(api.generateReport, { resume: id }), {
      props: { id: undefined },
    });
    act(() => void report.current.submit({ pages: 3 }, { id: "r1" }));
    await connection.next();
    connection.send(progress(1, { percentage: 40 }));
    await report.until(({ percentage }) => percentage === 40);
    report.rerender({ id: "r1" });
    connection.send(progress(2, { percentage: 60 }));
    await report.until(({ percentage }) => percentage === 60);
    expect(report.shown.map(({ percentage }) => percentage).filter((percentage) => percentage > 0)).toEqual([40, 60]);
    expect(report.shown.at(-2)?.percentage).toBe(40);
    expect(connection.unread).toEqual([]);
  });

  test("of another id shows that one; without an id what is shown stays; a reset is not undone", async () => {
    const { api, connection } = await setUpConnectedApp();
    const report = watch<UseActionResult<App["generateReport"]>, Resumed>(({ id }) => useAction(api.generateReport, { resume: id }), {
      props: { id: "r1" },
    });
    expect(await connection.next()).toMatchObject({ request_id: "r1" });
    report.rerender({ id: "r2" });
    expect(report.current.id).toBe("r2");
    expect(await connection.next()).toMatchObject({ request_id: "r2" });
    report.rerender({ id: undefined });
    expect(report.current.id).toBe("r2");
    report.rerender({ id: "r2" });
    expect(report.current.id).toBe("r2");
    act(() => report.current.reset());
    report.rerender({ id: "r2" });
    expect(report.current.status).toBe("idle");
  });
});
