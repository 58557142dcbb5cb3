import { describe, expect, test, vi } from "vitest";
import { chunk, collect, complete, errorBody, progress, setUpConnected, setUpRunning, when } from "./testing/setup.ts";

describe("updates()", () => {
  test("gives progress and chunks as they arrive, and ends with the request", async () => {
    const { handle, connection } = await setUpRunning();
    const updates = handle.updates()[Symbol.asyncIterator]();
    const first = updates.next();
    connection.send({ ...progress(1), metadata: { stage: "query" } });
    expect(await first).toEqual({
      done: false,
      value: {
        type: "progress",
        sequence: 1_000_001,
        attempt: 1,
        percentage: 1,
        message: "step 1",
        metadata: { stage: "query" },
        timestamp: 1_711_929_600,
      },
    });
    connection.send(chunk(2, { text: "…" }));
    expect(await updates.next()).toEqual({ done: false, value: { type: "chunk", sequence: 1_000_002, attempt: 1, data: [{ text: "…" }] } });
    connection.send(complete("done"));
    expect(await updates.next()).toEqual({ done: true, value: undefined });
  });

  test("each call begins with the first update, also after the end", async () => {
    const { handle, connection } = await setUpRunning();
    const during = collect(handle);
    connection.send(progress(1));
    connection.send(progress(2));
    connection.send(complete("done"));
    expect(await during).toHaveLength(2);
    expect(await collect(handle)).toEqual(await during);
  });

  test("begin after the sequence that is asked for", async () => {
    const { handle, connection } = await setUpRunning();
    for (const n of [1, 2, 3]) connection.send(progress(n));
    connection.send(complete("done"));
    const seen: number[] = [];
    for await (const { sequence } of handle.updates({ after: 1_000_002 })) seen.push(sequence);
    expect(seen).toEqual([1_000_003]);
    expect(await collect(handle)).toHaveLength(3);
  });

  test("of a request that fails end without an error", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("generate_report", {}, { id: "r1" });
    const updates = collect(handle);
    await connection.next();
    connection.send({ type: "error", request_id: "r1", error: errorBody("FORBIDDEN") });
    expect(await updates).toEqual([]);
  });

  test("end when their signal is aborted, and the request goes on", async () => {
    const { handle, connection } = await setUpRunning();
    const controller = new AbortController();
    const next = handle.updates({ signal: controller.signal })[Symbol.asyncIterator]().next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    connection.send(complete("done"));
    expect(await handle.result()).toBe("done");
  });
});

describe("result()", () => {
  test("stops waiting when its signal is aborted, with the signal's reason, and the request goes on", async () => {
    const { handle, connection } = await setUpRunning();
    const controller = new AbortController();
    const result = handle.result({ signal: controller.signal });
    controller.abort(new Error("page left"));
    await expect(result).rejects.toThrow("page left");
    await expect(handle.result({ signal: AbortSignal.abort(new Error("too late")) })).rejects.toThrow("too late");
    connection.send(complete("done"));
    expect(await handle.result({ signal: new AbortController().signal })).toBe("done");
  });

  test("nobody waiting for a failure is not an unhandled rejection", async () => {
    const unhandled = vi.fn<() => void>();
    process.on("unhandledRejection", unhandled);
    const { client, connection, handle } = await setUpRunning();
    void handle.result();
    void handle.result({ signal: new AbortController().signal });
    void handle.cancel("x".repeat(257));
    connection.send({ type: "error", request_id: "r1", error: errorBody("TIMEOUT"), final: true });
    await when(handle, () => handle.status === "failed");
    const abandoned = client.submit("generate_report", {}, { id: "r2" });
    void abandoned.accepted();
    void abandoned.cancel();
    void client.connect();
    await client.close();
    void client.connect();
    await new Promise((resolve) => void setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

test("a handle is not thenable", async () => {
  const { handle } = await setUpRunning();
  expect(await Promise.resolve(handle)).toBe(handle);
});

describe("onChange()", () => {
  test("tells of each update and of the end, until it is stopped", async () => {
    const { handle, connection } = await setUpRunning();
    const heard: string[] = [];
    const stop = handle.onChange(() => heard.push(handle.status));
    connection.send(progress(1));
    await when(handle, () => handle.status === "running");
    expect(heard).toEqual(["running"]);
    stop();
    connection.send(complete("done"));
    await handle.result();
    expect(heard).toEqual(["running"]);
  });

  test("a listener that throws neither stops the others nor the request, and its error is reported as uncaught", async () => {
    const { handle, connection } = await setUpRunning();
    // Seen here instead of by the test runner, which would end the run for it.
    const uncaught = new Promise<unknown>((resolve) => {
      const others = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.once("uncaughtException", (error) => {
        for (const other of others) process.on("uncaughtException", other);
        resolve(error);
      });
    });
    const failure = new Error("a defect of the page");
    let heard = 0;
    const stop = handle.onChange(() => {
      stop();
      throw failure;
    });
    handle.onChange(() => (heard += 1));
    connection.send(complete("done"));
    expect(await uncaught).toBe(failure);
    expect(await handle.result()).toBe("done");
    expect(heard).toBeGreaterThan(0);
  });
});
