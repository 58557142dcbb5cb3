import { setTimeout as delay } from "node:timers/promises";
import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import type { LocalStack } from "@streamer/local";
import { ServiceUnavailableError } from "@streamer/protocol";
import type { StoredItem, StoredUpdate } from "../../chaos/checker/history.ts";
import { drained } from "../../chaos/harness/drained.ts";
import { createRawClient, readTable } from "../../chaos/harness/tableReader.ts";
import { judge } from "./judge.ts";
import type { Plan, PlannedRequest, PlannedWatcher, Upset } from "./plan.ts";
import { startWatcher } from "./watcher.ts";
import type { StartedWatcher } from "./watcher.ts";

export interface RunOptions {
  readonly stack: LocalStack;
  readonly seed: number;
  readonly plan: Plan;
  /** Where the handlers write down what they do. */
  readonly effectLog: string;
}

export interface RunReport {
  /** What is wrong, of whom. */
  readonly problems: readonly string[];
  readonly watchers: number;
  readonly gaps: number;
  /** Had to be cut once more in the calm to hear of the end. */
  readonly untold: number;
}

/** Everybody has heard of the end by then, or will not by themselves. */
const HEAR_MS = 3_000;
/** A reconnect waits for its backoff, of up to 30 s after many. */
const RECONNECT_MS = 45_000;

/** Plays a plan on a raging stack, lets it become calm, and judges what each watcher saw by what is in the table. */
export async function run({ stack, seed, plan, effectLog }: RunOptions): Promise<RunReport> {
  const tenant = `t-${seed}`;
  const raw = createRawClient(stack);
  const deleted = new Map<string, StoredUpdate[]>();
  const watchers: StartedWatcher[] = [];
  const mint = (user: string, permissions: readonly string[]) => stack.key.mint({ tenant, user, permissions, expiresIn: "1h" });
  const [own, foreign] = await Promise.all([mint("ada", []), mint("bob", ["requests:read"])]);

  const updatesOf = async (requestId: string): Promise<readonly StoredUpdate[]> =>
    (await readTable(raw, stack.tableName)).updates.filter((update) => update.tenant === tenant && update.requestId === requestId);

  const start = (options: Omit<Parameters<typeof startWatcher>[0], "url">): StartedWatcher => {
    const watcher = startWatcher({ ...options, url: stack.websocketUrl });
    watchers.push(watcher);
    return watcher;
  };

  const upset = async (watcher: StartedWatcher, upsets: readonly Upset[]): Promise<void> => {
    await Promise.all(
      upsets.map(async ({ atMs, how }) => {
        await delay(atMs);
        if (how === "reload") await watcher.reload();
        else watcher.cut();
      }),
    );
  };

  const watch = async (requestId: string, planned: PlannedWatcher, index: number): Promise<void> => {
    await delay(planned.joinMs);
    const log = (await updatesOf(requestId)).toSorted((a, b) => a.sequence - b.sequence);
    const after = log[Math.floor(planned.has * log.length) - 1]?.sequence ?? 0;
    const watcher = start({ name: `${requestId} watcher ${index}`, token: planned.foreign ? foreign : own, requestId, after });
    await upset(watcher, planned.upsets);
  };

  /** Until it is taken: what a fault of the table's has refused is sent again, under its id. */
  const submitted = async (requestId: string, payload: unknown): Promise<StartedWatcher> => {
    const submitter = start({
      name: `${requestId} submitter`,
      token: own,
      requestId,
      after: 0,
      submit: (client) => client.submit("work", payload, { id: requestId }),
    });
    try {
      await submitter.handle.accepted();
      return submitter;
    } catch (error) {
      if (!(error instanceof ServiceUnavailableError)) throw error;
      watchers.splice(watchers.indexOf(submitter), 1);
      await submitter.stop();
      return submitted(requestId, payload);
    }
  };

  const request = async (planned: PlannedRequest, index: number): Promise<void> => {
    await delay(planned.atMs);
    const requestId = `r-${seed}-${index}`;
    const { steps, stepMs, failure, failingAttempts, trim, upsets } = planned;
    const payload = { steps, stepMs, failure, failingAttempts, effects: 0, resultBytes: 10, mark: requestId, log: effectLog };
    const submitter = await submitted(requestId, payload);
    await Promise.all([
      upset(submitter, upsets),
      trim === undefined ? undefined : delay(trim.atMs).then(() => trimLog(requestId, trim.keep)),
      ...planned.watchers.map((watcher, at) => watch(requestId, watcher, at)),
    ]);
  };

  const trimLog = async (requestId: string, keep: number): Promise<void> => {
    const log = (await updatesOf(requestId)).toSorted((a, b) => a.sequence - b.sequence);
    const old = log.slice(0, Math.max(0, log.length - keep));
    deleted.set(requestId, old);
    for (const { sequence } of old) {
      const Key = { pk: { S: `request#${tenant}#${requestId}` }, sk: { S: `update#${String(sequence).padStart(SEQUENCE_DIGITS, "0")}` } };
      await raw.send(new DeleteItemCommand({ TableName: stack.tableName, Key, ConditionExpression: "attribute_exists(pk)" }));
    }
  };

  try {
    stack.chaos?.rage();
    const played = await Promise.allSettled(plan.requests.map(request));
    stack.chaos?.calm();
    for (const one of played) if (one.status === "rejected") throw one.reason;
    await drained(stack, () => true);
    await Promise.race([Promise.all(watchers.map(({ end }) => end)), delay(HEAR_MS)]);
    // Whose last message was lost hears of the end with the next connection.
    const untold = watchers.filter(({ ended }) => !ended);
    for (const watcher of untold) watcher.cut();
    await Promise.race([Promise.all(untold.map(({ end }) => end)), delay(RECONNECT_MS, undefined, { ref: false })]);
    const { items, updates } = await readTable(raw, stack.tableName);
    const problems = watchers.flatMap((watcher) => {
      const gone = deleted.get(watcher.requestId) ?? [];
      const stored = [...gone, ...updates.filter((one) => one.tenant === tenant && one.requestId === watcher.requestId)];
      const item = items.find((one) => one.tenant === tenant && one.requestId === watcher.requestId);
      const log = { stored, deleted: new Set(gone.map(({ sequence }) => sequence)) };
      return [...wrongEnd(watcher, item), ...judge(watcher.seen, log)].map((problem) => `${watcher.name}: ${problem}`);
    });
    const gaps = watchers.flatMap(({ seen }) => seen.updates).filter(({ type }) => type === "gap").length;
    return { problems, watchers: watchers.length, gaps, untold: untold.length };
  } finally {
    stack.chaos?.calm();
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    raw.destroy();
  }
}

/** As the table pads them, so that they are in order. */
const SEQUENCE_DIGITS = 12;

function wrongEnd({ ended, status }: StartedWatcher, item: StoredItem | undefined): readonly string[] {
  if (!ended) return [`it never heard of the end (${status}); the table has ${item?.status}`];
  return status === item?.status ? [] : [`it says ${status}, the table ${item?.status}`];
}
