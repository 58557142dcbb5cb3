import { describe, expect, test } from "vitest";
import { chunk, complete, progress, setUpConnected } from "./testing/setup.ts";

describe("request(action)", () => {
  test("sends nothing before send(), and then all that was said", async () => {
    const { client, connection } = await setUpConnected();
    const builder = client.request("generate_report").payload({ pages: 3 }).metadata({ source: "menu" });
    const handle = builder.id("r1").send();
    expect(handle.id).toBe("r1");
    expect(await connection.next()).toEqual({
      type: "request",
      id: "r1",
      action: "generate_report",
      payload: { pages: 3 },
      metadata: { source: "menu" },
    });
    expect(connection.unread).toEqual([]);
  });

  test("a builder may be kept: what is added to it later does not change it", async () => {
    const { client, connection } = await setUpConnected();
    const builder = client.request("echo").payload({ n: 1 });
    builder.payload({ n: 2 }).id("other");
    builder.id("e1").send();
    builder.id("e2").send();
    expect([await connection.next(), await connection.next()]).toMatchObject([
      { id: "e1", payload: { n: 1 } },
      { id: "e2", payload: { n: 1 } },
    ]);
  });

  test("listeners hear progress and each emitted value, in order, each kind its own", async () => {
    const { client, connection } = await setUpConnected();
    const heard: unknown[] = [];
    const handle = client
      .request<unknown, Record<string, unknown>, string>("generate_report")
      .id("r1")
      .onProgress(({ percentage }) => heard.push(percentage))
      .onProgress(({ message }) => heard.push(message))
      .onChunk((value, { sequence }) => heard.push([value, sequence]))
      .send();
    await connection.next();
    connection.send(progress(1));
    connection.send(chunk(2, "a", "b"));
    connection.send(progress(3));
    connection.send(complete("done"));
    await handle.result();
    await expect.poll(() => heard.length).toBe(6);
    expect(heard).toEqual(expect.arrayContaining([1, "step 1", ["a", 1_000_002], ["b", 1_000_002], 3, "step 3"]));
    expect(heard.filter(Array.isArray).map(([value]) => value as unknown)).toEqual(["a", "b"]);
  });

  test("aborting its signal cancels the request", async () => {
    const { client, connection } = await setUpConnected();
    const controller = new AbortController();
    const handle = client.request("generate_report").id("r1").signal(controller.signal).send();
    await connection.next();
    connection.send({ type: "acknowledgment", request_id: "r1", status: "pending" });
    await handle.accepted();
    controller.abort();
    expect(await connection.next()).toEqual({ type: "cancel", request_id: "r1" });
  });

  test("a listener that throws does not keep the others from hearing, and its error is reported as uncaught", async () => {
    const { client, connection } = await setUpConnected();
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
    const heard: unknown[] = [];
    client
      .request("generate_report")
      .id("r1")
      .onChunk((value) => {
        if (value === "a") throw failure;
        heard.push(value);
      })
      .send();
    await connection.next();
    connection.send(chunk(1, "a", "b"));
    expect(await uncaught).toBe(failure);
    await expect.poll(() => heard).toEqual(["b"]);
  });
});
