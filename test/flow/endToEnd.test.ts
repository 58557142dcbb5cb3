import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack } from "../support/localStack.ts";
import type { TestStack } from "../support/localStack.ts";
import { connectWire } from "../support/wireClient.ts";
import type { Frame } from "../support/wireClient.ts";

const REPORT = { start_date: "2024-01-01", end_date: "2024-01-31", format: "pdf", include_charts: true };

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

const progressOf = (frames: readonly Frame[]): readonly Frame[] => frames.filter((frame) => frame["type"] === "progress");

const resultOf = (frames: readonly Frame[]): unknown => (frames.at(-1)?.["result"] as { data: unknown } | undefined)?.data;

describe("the main flow (S-261, S-289)", () => {
  it("connects, echoes, accepts a report, shows its progress, gives its file, disconnects", async () => {
    const client = await connectWire(stack.websocketUrl, await stack.token());

    client.send({ id: "e1", action: "echo", payload: { message: "Hello, Streamer!" } });
    expect(await client.waitFor((frame) => frame["request_id"] === "e1")).toEqual({
      type: "response",
      request_id: "e1",
      success: true,
      data: { message: "Hello, Streamer!" },
      correlation_id: expect.any(String) as string,
    });

    client.send({ id: "r1", action: "generate_report", payload: REPORT });
    const frames = await client.untilEnd("r1");
    expect(frames.find((frame) => frame["type"] === "acknowledgment")).toEqual({
      type: "acknowledgment",
      request_id: "r1",
      status: "pending",
      correlation_id: expect.any(String) as string,
    });

    const progress = progressOf(frames);
    expect(progress.length).toBeGreaterThanOrEqual(4);
    expect(progress.at(-1)).toMatchObject({ percentage: 100, message: "Report ready!" });
    const percentages = progress.map((frame) => Number(frame["percentage"]));
    expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));
    expect(progress.map((frame) => frame["previous"])).toEqual([0, ...progress.slice(0, -1).map((frame) => frame["sequence"])]);

    expect(frames.at(-1)).toMatchObject({ type: "complete", result: { success: true } });
    const data = resultOf(frames) as { url: string; records: number; size: number };
    expect(data.records).toBeGreaterThan(0);
    const file = new Uint8Array(await (await fetch(data.url)).arrayBuffer());
    expect(file.byteLength).toBe(data.size);
    expect(Buffer.from(file.subarray(0, 5)).toString()).toBe("%PDF-");
    expect(Buffer.from(file.subarray(-8)).toString()).toContain("%%EOF");

    await client.close();
  });

  it("a CSV report has a line for each record and one for the head", async () => {
    const client = await connectWire(stack.websocketUrl, await stack.token());
    client.send({ id: "csv", action: "generate_report", payload: { ...REPORT, format: "csv" } });
    const frames = await client.untilEnd("csv");
    const data = resultOf(frames) as { url: string; records: number };
    const lines = (await (await fetch(data.url)).text()).trimEnd().split("\n");
    expect(lines).toHaveLength(data.records + 1);
    await client.close();
  });

  it("ten reports at once on one connection all arrive, each with its own progress (S-182, S-257)", async () => {
    const client = await connectWire(stack.websocketUrl, await stack.token(), { by: "subprotocol" });
    expect(client.protocol).toBe("streamer.v1");
    const ids = Array.from({ length: 10 }, (_, index) => `many-${index}`);
    for (const id of ids) client.send({ id, action: "generate_report", payload: REPORT });
    for (const id of ids) {
      const frames = await client.untilEnd(id);
      expect(frames.at(-1)).toMatchObject({ type: "complete" });
      const progress = progressOf(frames);
      expect(progress.length).toBeGreaterThanOrEqual(4);
      expect(progress.map((frame) => frame["previous"])).toEqual([0, ...progress.slice(0, -1).map((frame) => frame["sequence"])]);
    }
    await client.close();
  });

  it("the same id twice runs once, and says so", async () => {
    const client = await connectWire(stack.websocketUrl, await stack.token());
    client.send({ id: "twice", action: "generate_report", payload: REPORT });
    await client.untilEnd("twice");
    client.send({ id: "twice", action: "generate_report", payload: REPORT });
    const again = await client.waitFor((frame) => frame["duplicate"] === true);
    expect(again).toEqual({
      type: "acknowledgment",
      request_id: "twice",
      status: "completed",
      duplicate: true,
      correlation_id: expect.any(String) as string,
    });
    client.send({ id: "twice", action: "generate_report", payload: { ...REPORT, format: "csv" } });
    const other = await client.waitFor((frame) => frame["type"] === "error");
    expect(other).toMatchObject({ request_id: "twice", error: { code: "DUPLICATE_REQUEST" } });
    expect(client.frames.filter((frame) => frame["type"] === "complete")).toHaveLength(1);
    await client.close();
  });

  it("a client that comes back sees what it missed, then the end", async () => {
    const token = await stack.token();
    const first = await connectWire(stack.websocketUrl, token);
    first.send({ id: "missed", action: "generate_report", payload: REPORT });
    await first.waitFor((frame) => frame["type"] === "progress");
    await first.close();

    const second = await connectWire(stack.websocketUrl, token);
    second.send({ type: "subscribe", request_id: "missed" });
    const subscribed = await second.waitFor((frame) => frame["type"] === "subscribed");
    if (subscribed["outcome"] === undefined) await second.untilEnd("missed");
    const live = second.frames.filter((frame) => frame["type"] === "progress");
    const sequences = [...(subscribed["updates"] as readonly Frame[]), ...live].map((frame) => Number(frame["sequence"]));
    const seen = [...new Set(sequences)].toSorted((a, b) => a - b);
    expect(seen).toEqual(seen.map((_, index) => 1_000_001 + index));
    expect(seen.length).toBeGreaterThanOrEqual(4);
    await second.close();
  });
});
