import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runStreamer, startDevProcess } from "../support/devProcess.ts";
import { eventually } from "../support/eventually.ts";
import { commandsWith } from "../support/processes.ts";
import { connectWire } from "../support/wireClient.ts";

const REPORT = { start_date: "2024-01-01", end_date: "2024-03-31", format: "pdf", include_charts: true };

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-restart-"));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const mint = async (): Promise<string> =>
  (await runStreamer(["token", "--user", "ada", "--tenant", "acme", "--data-dir", dataDir])).stdout.trim();

it("after a SIGKILL and a restart on the same data, every acknowledged report ends, once", { timeout: 60_000 }, async () => {
  const first = await startDevProcess(dataDir);
  const token = await mint();
  const client = await connectWire(first.ready.websocketUrl, token);
  const ids = Array.from({ length: 8 }, (_, index) => `crash-${index}`);
  for (const id of ids) client.send({ id, action: "generate_report", payload: REPORT });
  for (const id of ids) await client.waitFor((frame) => frame["type"] === "acknowledgment" && frame["request_id"] === id);
  await first.kill("SIGKILL");
  await eventually(async () => ((await commandsWith(dataDir)).length === 0 ? true : undefined), "no process is left behind");

  const second = await startDevProcess(dataDir);
  const again = await connectWire(second.ready.websocketUrl, token);
  for (const id of ids) {
    again.send({ type: "subscribe", request_id: id });
    const ended = await again.waitFor(
      (frame) =>
        frame["request_id"] === id && (frame["type"] === "complete" || (frame["type"] === "subscribed" && frame["outcome"] !== undefined)),
    );
    const outcome = (frame: typeof ended) => (frame["type"] === "complete" ? frame : (frame["outcome"] as typeof ended));
    expect(outcome(ended)).toMatchObject({ type: "complete", request_id: id, result: { success: true } });
    const { url, size } = (outcome(ended)["result"] as { data: { url: string; size: number } }).data;
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(size);
  }
  await again.close();
  expect(await second.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(second.stdout).toHaveLength(1);
  expect(await commandsWith(dataDir)).toEqual([]);
});

it("a second stack on the same data directory is refused with a sentence that says what to do", { timeout: 60_000 }, async () => {
  const first = await startDevProcess(dataDir);
  await expect(startDevProcess(dataDir)).rejects.toThrow(/--data-dir/);
  await first.kill("SIGINT");
});
