import { generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { connectWire, UpgradeRefused } from "../support/wireClient.ts";
import type { Frame } from "../support/wireClient.ts";
import { uniqueId } from "./target.ts";
import type { Target } from "./target.ts";

const REPORT = { start_date: "2024-01-01", end_date: "2024-01-31", format: "pdf", include_charts: true };

/** What every deployment of this app must do, wherever it runs. `target` is asked for when the first story begins. */
export function tellStories(target: () => Target): void {
  const connect = (by?: "query" | "subprotocol") => connectWire(target().websocketUrl, target().token, by === undefined ? {} : { by });

  describe("the flow", () => {
    it("an echo is answered", async () => {
      const client = await connect();
      const id = uniqueId("echo");
      client.send({ id, action: "echo", payload: { message: "Hello, Streamer!" } });
      expect(await client.waitFor((frame) => frame["request_id"] === id)).toEqual({
        type: "response",
        request_id: id,
        success: true,
        data: { message: "Hello, Streamer!" },
        correlation_id: expect.any(String) as string,
      });
      await client.close();
    });

    it("a report is acknowledged, progresses in order to 100, and ends with its file", async () => {
      const client = await connect("subprotocol");
      expect(client.protocol).toBe("streamer.v1");
      const id = uniqueId("report");
      client.send({ id, action: "generate_report", payload: REPORT });
      const frames = await client.untilEnd(id);
      expect(ofType(frames, "acknowledgment")).toEqual([
        { type: "acknowledgment", request_id: id, status: "pending", correlation_id: expect.any(String) as string },
      ]);

      // Frames may overtake each other on the way; `sequence` and `previous` put them in order.
      const progress = ofType(frames, "progress").toSorted((a, b) => Number(a["sequence"]) - Number(b["sequence"]));
      expect(progress.length).toBeGreaterThan(0);
      expect(progress.at(-1)).toMatchObject({ percentage: 100, message: "Report ready!" });
      expect(progress.map((frame) => frame["previous"])).toEqual([0, ...progress.slice(0, -1).map((frame) => frame["sequence"])]);
      const percentages = progress.map((frame) => Number(frame["percentage"]));
      expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));

      const { url, size } = resultOf(frames.at(-1));
      const file = new Uint8Array(await (await fetch(url)).arrayBuffer());
      expect(file.byteLength).toBe(size);
      expect(Buffer.from(file.subarray(0, 5)).toString()).toBe("%PDF-");
      await client.close();
    });

    it("the same id again is a duplicate, another request under it an error", async () => {
      const client = await connect();
      const id = uniqueId("twice");
      client.send({ id, action: "generate_report", payload: REPORT });
      await client.untilEnd(id);
      client.send({ id, action: "generate_report", payload: REPORT });
      expect(await client.waitFor((frame) => frame["duplicate"] === true)).toEqual({
        type: "acknowledgment",
        request_id: id,
        status: "completed",
        duplicate: true,
        correlation_id: expect.any(String) as string,
      });
      client.send({ id, action: "generate_report", payload: { ...REPORT, format: "csv" } });
      expect(await client.waitFor((frame) => frame["type"] === "error")).toMatchObject({
        request_id: id,
        error: { code: "DUPLICATE_REQUEST", retryable: false },
      });
      await client.close();
    });

    it("who subscribes after the end gets all updates and the outcome", async () => {
      const first = await connect();
      const id = uniqueId("later");
      first.send({ id, action: "generate_report", payload: REPORT });
      const live = ofType(await first.untilEnd(id), "progress");
      await first.close();

      const second = await connect();
      second.send({ type: "subscribe", request_id: id });
      const subscribed = await second.waitFor((frame) => frame["type"] === "subscribed");
      expect(subscribed).toMatchObject({ request_id: id, status: "completed", more: false, outcome: { type: "complete" } });
      const updates = subscribed["updates"] as readonly Frame[];
      expect(updates.map((frame) => frame["previous"])).toEqual([0, ...updates.slice(0, -1).map((frame) => frame["sequence"])]);
      expect(updates.at(-1)).toMatchObject({ percentage: 100 });
      // The replay's correlation id stands on the answer, once for all of it.
      expect(live.map((frame) => frame["correlation_id"])).toEqual(live.map(() => subscribed["correlation_id"]));
      expect(updates).toEqual(expect.arrayContaining(live.map((frame) => ({ ...frame, correlation_id: undefined }))));
      // Signed anew at each delivery.
      const { url } = resultOf(subscribed["outcome"] as Frame);
      expect((await fetch(url)).status).toBe(200);
      await second.close();
    });
  });

  describe("what is refused", () => {
    it("bad input is a VALIDATION_ERROR with its path, and the connection lives on", async () => {
      const client = await connect();
      const id = uniqueId("bad");
      client.send({ id, action: "generate_report", payload: { start_date: "2024-02-31", end_date: "2024-03-01" } });
      const answer = await client.waitFor((frame) => frame["request_id"] === id);
      expect(answer).toMatchObject({ type: "error", error: { code: "VALIDATION_ERROR", retryable: false } });
      const { issues } = (answer["error"] as { details: { issues: readonly { path: string }[] } }).details;
      expect(issues.map((issue) => issue.path)).toContain("start_date");
      client.send("no JSON at all");
      expect(await client.waitFor((frame) => frame["type"] === "error" && frame["request_id"] === undefined)).toMatchObject({
        error: { code: "INVALID_MESSAGE" },
      });
      const alive = uniqueId("alive");
      client.send({ id: alive, action: "echo", payload: { message: "still here" } });
      expect(await client.waitFor((frame) => frame["request_id"] === alive)).toMatchObject({ success: true });
      await client.close();
    });

    it("a frame over 32 KB closes with 1009", async () => {
      const client = await connect();
      client.send({ id: uniqueId("big"), action: "echo", payload: { message: "x".repeat(33 * 1024) } });
      expect((await client.closed).code).toBe(1009);
    });

    it.each([
      ["no token", async () => undefined],
      ["a token that is none", async () => "nonsense"],
      ["a token signed by somebody else", forgedToken],
    ])("an upgrade with %s is refused with 401", async (_, token) => {
      const refused: unknown = await connectWire(target().websocketUrl, await token()).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UpgradeRefused);
      expect((refused as UpgradeRefused).status).toBe(401);
    });
  });
}

function ofType(frames: readonly Frame[], type: string): readonly Frame[] {
  return frames.filter((frame) => frame["type"] === type);
}

function resultOf(frame: Frame = {}): { readonly url: string; readonly size: number } {
  expect(frame).toMatchObject({ type: "complete", result: { success: true } });
  return (frame["result"] as { data: { url: string; size: number } }).data;
}

async function forgedToken(): Promise<string> {
  const { privateKey } = await generateKeyPair("RS256");
  return new SignJWT({ tenant_id: "acme" })
    .setProtectedHeader({ alg: "RS256" })
    .setSubject("ada")
    .setIssuer("streamer-local")
    .setExpirationTime("1h")
    .sign(privateKey);
}
