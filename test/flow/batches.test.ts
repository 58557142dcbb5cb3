import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createClient, getBatch, submitBatch } from "@streamer/client";
import type { ActionBatch, BatchState, TypedClient } from "@streamer/client";
import { startLocalStack } from "@streamer/local";
import type { LocalStack } from "@streamer/local";
import { REQUESTS_CANCEL, REQUESTS_READ } from "@streamer/protocol";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runStreamer, startDevProcess } from "../support/devProcess.ts";
import { eventually } from "../support/eventually.ts";
import { commandsWith } from "../support/processes.ts";
import { connectWire } from "../support/wireClient.ts";
import type { Frame } from "../support/wireClient.ts";
import type { actions } from "./manyApp/src/actions/index.ts";

type Api = TypedClient<typeof actions>;
type MarkBatch = ActionBatch<(typeof actions)["mark"]>;

const MANY_APP_DIR = resolve(import.meta.dirname, "manyApp");
const SIZE = 1_000;
/** So many are worked on at a time: the local stack's bound of one function's sandboxes. */
const AT_A_TIME = Math.max(4, 2 * availableParallelism());

const linesOf = async (file: string): Promise<readonly string[]> =>
  (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");

/** The batch's states, from now to the first that this holds for. */
async function follow(batch: MarkBatch, isEnough: (state: BatchState) => boolean): Promise<readonly BatchState[]> {
  const seen: BatchState[] = [];
  for await (const state of batch.updates()) {
    seen.push(state);
    if (isEnough(state)) break;
  }
  return seen;
}

const falls = (states: readonly BatchState[]): readonly number[] =>
  states.map(({ percentage }) => percentage).filter((percentage, index, all) => percentage < (all[index - 1] ?? 0));

const completedOver = (times: number) => (state: BatchState) => state.counts.completed > times;

describe("a batch of 1,000", () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "streamer-batches-"));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it("moves as one, survives a reload and a SIGKILL of everything, and nothing is lost or done twice", { timeout: 300_000 }, async () => {
    const file = join(dataDir, "marks.txt");
    await writeFile(file, "");
    const first = await startDevProcess(dataDir, MANY_APP_DIR);
    const url = first.ready.websocketUrl;
    const token = (await runStreamer(["token", "--user", "ada", "--tenant", "acme", "--data-dir", dataDir])).stdout.trim();
    const open = (): Api => createClient<typeof actions>({ url, token });
    const inputs = Array.from({ length: SIZE }, (_, n) => ({ file, line: `mark-${n}` }));

    const before = open();
    const submitted = submitBatch(before.mark, inputs);
    await submitted.accepted();
    const beforeReload = await follow(submitted, completedOver(SIZE * 0.05));
    const ref = JSON.parse(JSON.stringify(submitted.ref)) as typeof submitted.ref;
    await before.$client.close();

    const after = open();
    onTestFinished(() => after.$client.close());
    const batch = getBatch(after.mark, ref);
    const beforeKill = await follow(batch, completedOver(SIZE * 0.15));
    await first.kill("SIGKILL");
    const doneBeforeKill = (await linesOf(file)).length;
    expect(doneBeforeKill).toBeLessThan(SIZE);
    await eventually(async () => ((await commandsWith(dataDir)).length === 0 ? true : undefined), "no process is left behind");
    // Where the client looks for it.
    const second = await startDevProcess(dataDir, MANY_APP_DIR, Number(new URL(url).port));
    const afterKill = await follow(batch, ({ done }) => done);

    const results = await batch.results();
    expect(results).toHaveLength(SIZE);
    for (const [n, result] of results.entries()) expect(result).toMatchObject({ n, status: "completed", data: { line: `mark-${n}` } });
    expect(batch.state).toMatchObject({ percentage: 100, done: true, counts: { completed: SIZE } });
    expect(falls(beforeReload)).toEqual([]);
    expect(falls([...beforeKill, ...afterKill])).toEqual([]);
    // It moved, and not in one leap.
    expect(new Set(afterKill.map(({ percentage }) => Math.floor(percentage / 10))).size).toBeGreaterThan(3);

    const lines = await linesOf(file);
    expect(new Set(lines)).toEqual(new Set(inputs.map(({ line }) => line)));
    // Whose worker was killed after its mark and before the table knew of it.
    expect(lines.length - SIZE).toBeLessThanOrEqual(AT_A_TIME);

    const later = open();
    onTestFinished(() => later.$client.close());
    expect((await getBatch(later.mark, ref).results()).every(({ status }) => status === "completed")).toBe(true);
    expect(await second.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  });
});

describe("a batch", () => {
  let dataDir: string;
  let file: string;
  let stack: LocalStack;
  let api: Api;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "streamer-batches-"));
    stack = await startLocalStack({ functionsDir: MANY_APP_DIR, dataDir, port: 0 });
    api = createClient<typeof actions>({ url: stack.websocketUrl, token: await mint("ada", "acme") });
  });
  afterAll(async () => {
    await api.$client.close();
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const mint = (user: string, tenant: string, permissions: readonly string[] = []): Promise<string> =>
    stack.key.mint({ user, tenant, permissions, expiresIn: "1h" });
  const marks = async (count: number, afterMs = 0) => {
    file = join(dataDir, `${crypto.randomUUID()}.txt`);
    await writeFile(file, "");
    return Array.from({ length: count }, (_, n) => ({ file, line: `mark-${n}`, afterMs }));
  };

  it("has its wrong inputs rejected one by one, and the others are done", async () => {
    const inputs = await marks(10);
    const wrong = new Set([0, 4, 9]);
    // What a page sends that was made for other code.
    const sent = inputs.map((input, n) => (wrong.has(n) ? ({ ...input, line: n } as unknown as typeof input) : input));
    const batch = submitBatch(api.mark, sent);
    const rejected = { status: "rejected", error: { code: "VALIDATION_ERROR", details: { issues: [{ path: "line" }] } } };
    expect(await batch.results()).toMatchObject(
      inputs.map(({ line }, n) => (wrong.has(n) ? { n, ...rejected } : { n, status: "completed", data: { line } })),
    );
    expect(batch.state.counts).toMatchObject({ completed: 7, rejected: 3 });
    expect(await linesOf(file)).toHaveLength(7);
  });

  it("that is submitted twice under one id is done once", async () => {
    const inputs = await marks(20);
    const id = crypto.randomUUID();
    const other = createClient<typeof actions>({ url: stack.websocketUrl, token: await mint("ada", "acme") });
    onTestFinished(() => other.$client.close());
    const both = [submitBatch(api.mark, inputs, { id }), submitBatch(other.mark, inputs, { id })];
    for (const batch of both) expect((await batch.results()).every(({ status }) => status === "completed")).toBe(true);
    expect((await linesOf(file)).toSorted()).toEqual(inputs.map(({ line }) => line).toSorted());
  });

  it("that is cancelled halfway keeps what is done; what waited never begins", async () => {
    const batch = submitBatch(api.mark, await marks(80, 100));
    await follow(batch, completedOver(3));
    await batch.cancel("changed my mind");
    const results = await batch.results();
    const { completed, cancelled } = batch.state.counts;
    expect(completed + cancelled).toBe(80);
    expect(completed).toBeGreaterThan(3);
    expect(cancelled).toBeGreaterThan(0);
    const codes = results.flatMap((result) => (result.status === "completed" ? [] : [result.status, result.error.code]));
    expect(new Set(codes)).toEqual(new Set(["cancelled", "CANCELLED"]));
    // One may have made its mark just before it heard that it was to stop.
    const lines = await linesOf(file);
    expect(lines.length).toBeGreaterThanOrEqual(completed);
    expect(lines.length).toBeLessThanOrEqual(completed + AT_A_TIME);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it.each([
    ["another user of the tenant", "bob", "acme", []],
    ["somebody of the same name in another tenant, whatever they may there", "ada", "globex", [REQUESTS_READ, REQUESTS_CANCEL]],
  ])("is nothing to %s: neither seen nor cancelled", async (_, user, tenant, permissions) => {
    const batch = submitBatch(api.mark, await marks(30, 50));
    await batch.accepted();
    const wire = await connectWire(stack.websocketUrl, await mint(user, tenant, permissions));
    onTestFinished(() => wire.close());
    for (const type of ["subscribe_batch", "cancel_batch"]) {
      wire.send({ type, batch_id: batch.id, first: 0, count: 30 });
      const { items } = (await wire.waitFor((frame) => frame["type"] === "batch" && frame["reply_to"] === type)) as {
        items?: readonly Frame[];
      };
      expect(items).toHaveLength(30);
      for (const item of items ?? []) expect(item).toMatchObject({ error: { code: "NOT_FOUND" } });
    }
    expect((await batch.results()).every(({ status }) => status === "completed")).toBe(true);
    expect(wire.frames.filter((frame) => frame["type"] !== "batch")).toEqual([]);
  });
});
