// @vitest-environment jsdom
import type { BatchRef } from "@streamer/client";
import type { BatchItem, ServerMessage } from "@streamer/protocol";
import { act } from "@testing-library/react";
import { useEffect } from "react";
import { describe, expect, test } from "vitest";
import { setUpConnectedApp } from "../testing/app.ts";
import { complete, progress } from "../testing/messages.ts";
import { watch } from "../testing/watch.ts";
import { useBatch } from "./useBatch.ts";

const INPUTS = [{ pages: 1 }, { pages: 2 }];

function reply(reply_to: "submit_batch" | "subscribe_batch" | "cancel_batch", items: BatchItem[], batch_id = "b1"): ServerMessage {
  return { type: "batch", batch_id, reply_to, items };
}

function pending(count: number): BatchItem[] {
  return Array.from({ length: count }, (_, n) => ({ n, status: "pending" }));
}

/** A component with the batch `b1` of two items, both taken. */
async function setUpRunning() {
  const setup = await setUpConnectedApp();
  const batch = watch(() => useBatch(setup.api.generateReport));
  act(() => void batch.current.submit(INPUTS, { id: "b1" }));
  await setup.connection.next();
  setup.connection.send(reply("submit_batch", pending(2)));
  await batch.until(({ counts }) => counts.queued === 2);
  return { ...setup, batch };
}

test("before anything is submitted there is no batch", async () => {
  const { api } = await setUpConnectedApp();
  const batch = watch(() => useBatch(api.generateReport));
  expect(batch.current).toMatchObject({ id: undefined, ref: undefined, size: 0, items: [], percentage: 0, done: false, stale: false });
  await act(() => batch.current.cancel());
  expect(batch.shown).toHaveLength(1);
});

test("a batch is shown from its submission to its results", async () => {
  const { api, connection } = await setUpConnectedApp();
  const batch = watch(() => useBatch(api.generateReport));
  act(() => void batch.current.submit(INPUTS, { id: "b1" }));
  expect(batch.current).toMatchObject({ id: "b1", size: 2, ref: { id: "b1", size: 2 }, counts: { submitting: 2 } });
  expect(await connection.next()).toMatchObject({ type: "submit_batch", action: "generate_report", first: 0, payloads: INPUTS });
  connection.send(reply("submit_batch", pending(2)));
  connection.send(progress(1, { id: "b1.1", percentage: 40 }));
  const running = await batch.until(({ percentage }) => percentage === 20);
  expect(running.items[1]).toMatchObject({ n: 1, id: "b1.1", status: "running", percentage: 40, message: "step 1" });
  for (const n of [0, 1]) connection.send(complete({ url: `u${n}` }, `b1.${n}`));
  const done = await batch.until((shown) => shown.done);
  expect(done).toMatchObject({ percentage: 100, counts: { completed: 2 } });
  expect(done.items.map(({ data }) => data)).toEqual([{ url: "u0" }, { url: "u1" }]);
});

test("many messages are few renderings, and items that did not change are the same", async () => {
  const { connection, batch } = await setUpRunning();
  const before = batch.shown.length;
  const [first] = batch.current.items;
  const startedAt = performance.now();
  for (let n = 1; n <= 100; n += 1) connection.send(progress(n, { id: "b1.1" }));
  await batch.until(({ items }) => items[1]?.percentage === 100);
  expect(batch.shown.length - before).toBeLessThanOrEqual(1 + (performance.now() - startedAt) / 16);
  expect(batch.current.items[0]).toBe(first);
});

test("the functions are the same in each rendering, and so is the ref", async () => {
  const { connection, batch } = await setUpRunning();
  const { submit, cancel, reset, ref } = batch.current;
  connection.send(progress(1, { id: "b1.0" }));
  await batch.until(({ percentage }) => percentage > 0);
  expect([batch.current.submit, batch.current.cancel, batch.current.reset, batch.current.ref]).toEqual([submit, cancel, reset, ref]);
  expect(batch.current.ref).toBe(ref);
});

test("cancel ends it, and reset shows no batch again", async () => {
  const { connection, batch } = await setUpRunning();
  act(() => void batch.current.cancel("enough"));
  expect(await connection.next()).toEqual({ type: "cancel_batch", batch_id: "b1", first: 0, count: 2, reason: "enough" });
  const items = [0, 1].map((n): BatchItem => ({ n, status: "cancelled", outcome: { type: "cancelled", request_id: `b1.${n}` } }));
  connection.send(reply("cancel_batch", items));
  await batch.until(({ counts }) => counts.cancelled === 2);
  act(() => batch.current.reset());
  expect(batch.current).toMatchObject({ id: undefined, items: [] });
});

describe("a batch that is resumed", () => {
  test("is asked for once, whatever object its ref is, and shown", async () => {
    const { api, connection } = await setUpConnectedApp();
    const props: { readonly resume: BatchRef | undefined } = { resume: undefined };
    const batch = watch(({ resume }: typeof props) => useBatch(api.generateReport, { resume }), { props, strict: true });
    batch.rerender({ resume: { id: "b1", size: 2 } });
    batch.rerender({ resume: { id: "b1", size: 2 } });
    expect(await connection.next()).toEqual({ type: "subscribe_batch", batch_id: "b1", first: 0, count: 2 });
    expect(batch.current).toMatchObject({ id: "b1", stale: true, size: 2 });
    const outcome = complete({ url: "u" }, "b1.0") as Extract<ServerMessage, { type: "complete" }>;
    connection.send(
      reply("subscribe_batch", [
        { n: 0, status: "completed", attempt: 1, outcome },
        { n: 1, status: "processing", attempt: 1, progress: { percentage: 30, message: "on" } },
      ]),
    );
    await batch.until(({ stale }) => !stale);
    expect(batch.current).toMatchObject({ percentage: 65, counts: { completed: 1, running: 1 } });
    batch.rerender({ resume: undefined });
    expect(batch.current.id).toBe("b1");
    expect(connection.unread).toEqual([]);
  });
});

test("in StrictMode an effect that submits sends one batch, and it is shown", async () => {
  const { api, connection } = await setUpConnectedApp();
  let runs = 0;
  const batch = watch(
    () => {
      const value = useBatch(api.generateReport);
      const { submit } = value;
      useEffect(() => {
        runs += 1;
        submit(INPUTS);
      }, [submit]);
      return value;
    },
    { strict: true },
  );
  const { batch_id: id } = await connection.next();
  connection.send(reply("submit_batch", pending(2), id as string));
  await batch.until(({ counts }) => counts.queued === 2);
  expect(runs).toBe(2);
  expect(batch.current.id).toBe(id);
  expect(connection.unread).toEqual([]);
});

test("a component that is unmounted stops watching; what was not sent yet is sent", async () => {
  const { api, connection } = await setUpConnectedApp();
  const inputs = Array.from({ length: 500 }, (_, pages) => ({ pages }));
  const batch = watch(() => useBatch(api.generateReport));
  act(() => void batch.current.submit(inputs, { id: "b1" }));
  for (let frame = 0; frame < 4; frame += 1) await connection.next();
  const shown = batch.shown.length;
  batch.unmount();
  const taken = Array.from({ length: 100 }, (_, n): BatchItem => ({ n, status: "pending" }));
  connection.send(reply("submit_batch", taken));
  expect(await connection.next()).toMatchObject({ type: "submit_batch", first: 400 });
  expect(batch.shown).toHaveLength(shown);
});
