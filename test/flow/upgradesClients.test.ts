import { createClient, StreamerClient, submitBatch, subscribeTopic } from "@streamer/client";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Frame } from "../support/wireClient.ts";
import type { actions } from "./manyApp/src/actions/index.ts";
import { startPlayedServer } from "./upgrading/playedServer.ts";
import type { PlayedServer } from "./upgrading/playedServer.ts";

function clientOf({ url }: PlayedServer): StreamerClient {
  const client = new StreamerClient(url, { token: "a-token" });
  onTestFinished(() => client.close());
  return client;
}

const idOf = (frame: Frame): string => String(frame["id"] ?? frame["request_id"]);

describe("this client, with a server of newer code", () => {
  const answer = (frame: Frame): readonly (object | string)[] => {
    const request_id = idOf(frame);
    const of = { request_id, region: "eu-north-1" };
    return frame["type"] === undefined || frame["type"] === "request"
      ? [
          { type: "weather", ...of, temperature: -3 },
          { type: "acknowledgment", ...of, status: "pending", position: 4 },
          {
            type: "progress",
            ...of,
            sequence: 1_000_001,
            previous: 0,
            attempt: 1,
            percentage: 40,
            message: "Nearly half",
            timestamp: 1,
            eta: 9,
          },
          // Of a kind, and of a status, that came later.
          { type: "artifact", ...of, sequence: 1_000_002, previous: 1_000_001, attempt: 1, name: "a.pdf" },
          { type: "status", ...of, status: "paused", attempt: 1 },
          frame["action"] === "fails"
            ? {
                type: "error",
                ...of,
                error: { code: "BUDGET_SPENT", message: "No.", retryable: false, help: "https://example.com" },
                final: true,
              }
            : { type: "complete", ...of, result: { success: true, data: { ok: true }, cached: false }, timestamp: 2 },
        ]
      : [];
  };

  it("leaves alone the messages and fields that it does not know, and gets its result", async () => {
    const client = clientOf(await startPlayedServer(answer));
    const handle = client.submit("works", {});
    expect(await handle.result()).toEqual({ ok: true });
    const percentages: unknown[] = [];
    for await (const update of handle.updates()) percentages.push(update.type === "progress" ? update.percentage : update.type);
    expect(percentages).toEqual([40]);
  });

  it("takes an error code that it does not know by whether the same may be tried again, and keeps the code", async () => {
    const client = clientOf(await startPlayedServer(answer));
    await expect(client.submit("fails", {}).result()).rejects.toMatchObject({
      code: "PROCESSING_FAILED",
      retryable: false,
      details: { code: "BUDGET_SPENT" },
    });
  });
});

describe("this client, with a server of older code", () => {
  /** Before there were batches and topics. What it does not know it refuses, and finds no id in it that it knows. */
  const KNOWN = new Set([undefined, "request", "cancel", "subscribe", "unsubscribe", "upload", "authenticate", "ping"]);
  const answer = (frame: Frame): readonly object[] => {
    if (!KNOWN.has(frame["type"] as string | undefined))
      return [
        {
          type: "error",
          error: { code: "INVALID_MESSAGE", message: "The message could not be read.", retryable: false, details: { reason: "type" } },
        },
      ];
    const request_id = idOf(frame);
    return [
      { type: "acknowledgment", request_id, status: "pending" },
      { type: "complete", request_id, result: { success: true, data: { line: request_id } }, timestamp: 1 },
    ];
  };
  const connect = async () => {
    const server = await startPlayedServer(answer);
    const api = createClient<typeof actions>({ url: server.url, token: "a-token" });
    onTestFinished(() => api.$client.close());
    return { server, api };
  };

  it("has its batch rejected, each item with INVALID_MESSAGE, and its requests go on", async () => {
    const { server, api } = await connect();
    const batch = submitBatch(
      api.mark,
      [1, 2, 3].map((n) => ({ file: "f", line: `mark-${n}` })),
    );
    const single = api.mark.submit({ file: "f", line: "alone" });
    for (const result of await batch.results()) expect(result).toMatchObject({ status: "rejected", error: { code: "INVALID_MESSAGE" } });
    expect(await single.result()).toEqual({ line: single.id });
    // It is not sent again and again.
    expect(server.frames.filter((frame) => frame["type"] === "submit_batch").length).toBeLessThanOrEqual(2);
  });

  it("has its topic refused with INVALID_MESSAGE, and its requests go on", async () => {
    const { api } = await connect();
    const topic = subscribeTopic(api, "requests");
    await expect(topic.events().next()).rejects.toMatchObject({ code: "INVALID_MESSAGE" });
    expect(topic.state).toBe("refused");
    const single = api.mark.submit({ file: "f", line: "alone" });
    expect(await single.result()).toEqual({ line: single.id });
  });
});
