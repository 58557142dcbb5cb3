// @vitest-environment jsdom
import { act } from "@testing-library/react";
import { useEffect } from "react";
import { expect, test } from "vitest";
import { setUpConnectedApp } from "./testing/app.ts";
import { acknowledgment, progress } from "./testing/messages.ts";
import { watch } from "./testing/watch.ts";
import { useAction } from "./useAction.ts";

test("in StrictMode an effect that submits sends one request, and it is shown", async () => {
  const { api, connection } = await setUpConnectedApp();
  let runs = 0;
  const report = watch(
    () => {
      const value = useAction(api.generateReport);
      const { submit } = value;
      useEffect(() => {
        runs += 1;
        submit({ pages: 3 });
      }, [submit]);
      return value;
    },
    { strict: true },
  );
  const { id } = await connection.next();
  connection.send(acknowledgment(id as string));
  await report.until(({ status }) => status === "queued");
  expect(runs).toBe(2);
  expect(report.current.id).toBe(id);
  expect(connection.unread).toEqual([]);
});

test("an effect that submits two requests sends two in StrictMode, each once", async () => {
  const { api, connection } = await setUpConnectedApp();
  const report = watch(
    () => {
      const value = useAction(api.generateReport);
      const { submit } = value;
      useEffect(() => {
        submit({ pages: 3 });
        submit({ pages: 3 });
      }, [submit]);
      return value;
    },
    { strict: true },
  );
  const [first, second] = [await connection.next(), await connection.next()];
  expect(first["id"]).not.toBe(second["id"]);
  connection.send(acknowledgment(second["id"] as string));
  await report.until(({ status }) => status === "queued");
  expect(report.current.id).toBe(second["id"]);
  expect(connection.unread).toEqual([]);
});

test("an effect that cancels as it is cleaned up has another request the second time", async () => {
  const { api, connection } = await setUpConnectedApp();
  const ids: string[] = [];
  const report = watch(
    () => {
      const value = useAction(api.generateReport);
      const { submit, cancel } = value;
      useEffect(() => {
        ids.push(submit({ pages: 3 }).id);
        return () => void cancel();
      }, [submit, cancel]);
      return value;
    },
    { strict: true },
  );
  expect(new Set(ids).size).toBe(2);
  expect([(await connection.next())["id"], (await connection.next())["id"]]).toEqual(ids);
  expect(report.current).toMatchObject({ status: "submitting", id: ids[1] });
});

test("in StrictMode a handler that submits the same twice sends two requests", async () => {
  const { api, connection } = await setUpConnectedApp();
  const report = watch(() => useAction(api.generateReport), { strict: true });
  act(() => {
    report.current.submit({ pages: 3 });
    report.current.submit({ pages: 3 });
  });
  expect((await connection.next())["id"]).not.toBe((await connection.next())["id"]);
});

test("in StrictMode a resumed request is asked for once, and each progress is told once", async () => {
  const { api, connection } = await setUpConnectedApp();
  const told: number[] = [];
  const report = watch(() => useAction(api.generateReport, { resume: "r1", onProgress: ({ percentage }) => void told.push(percentage) }), {
    strict: true,
  });
  expect(await connection.next()).toMatchObject({ type: "subscribe", request_id: "r1" });
  connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [progress(1), progress(2)], more: false });
  await report.until(({ percentage }) => percentage === 2);
  connection.send(progress(3));
  await report.until(({ percentage }) => percentage === 3);
  expect(told).toEqual([1, 2, 3]);
  expect(connection.unread).toEqual([]);
});
