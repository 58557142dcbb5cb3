import { GetQueueAttributesCommand, GetQueueUrlCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Wiring } from "@streamer/server";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { runStreamer } from "../support/devProcess.ts";
import { connectWire, UpgradeRefused } from "../support/wireClient.ts";
import { HOUR_MS, MINUTE_MS, startFailingStack, WAIT } from "./failing/failingStack.ts";
import type { FailingStack } from "./failing/failingStack.ts";
import { endOf, openPerson } from "./failing/person.ts";
import type { Handle, Person } from "./failing/person.ts";
import { runbookOf } from "./operating/runbook.ts";
import { watchStack } from "./operating/watchedStack.ts";
import type { WatchedStack } from "./operating/watchedStack.ts";

// A quarter of an hour takes seconds: in each of its minutes the sweeper comes.
vi.setConfig({ testTimeout: 120_000 });

let failing: FailingStack;
let watched: WatchedStack;
let sqs: SQSClient;
beforeAll(async () => {
  failing = await startFailingStack({ seed: 1, rates: {} }, rewire);
  watched = await watchStack(failing);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  sqs = new SQSClient({ endpoint: failing.stack.sqsEndpoint, region: "us-east-1", credentials });
  // What the SDK finds on an operator's machine.
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", failing.stack.dynamodbEndpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  sqs.destroy();
  await watched.stop();
  await failing.stop();
});

/** A minute is soon over, and what two queues cannot deliver is soon among their dead letters. */
function rewire(wiring: Wiring): Wiring {
  // Longer than a cold start takes here: what comes again while it is worked on would be among them too.
  const hasty = { visibilityTimeoutMs: 4_000, maxReceiveCount: 2 };
  return {
    ...wiring,
    schedules: wiring.schedules.map((schedule) => ({ ...schedule, everyMs: 100 })),
    notifier: { ...wiring.notifier, queue: { ...wiring.notifier.queue, ...hasty } },
    processors: wiring.processors.map((processor) =>
      processor.action === "stoppable" ? { ...processor, queue: { ...processor.queue, ...hasty } } : processor,
    ),
  };
}

/** `streamer requests …` as the runbooks have it. */
async function streamer(...args: readonly string[]): Promise<string> {
  const { stack } = failing;
  const where = ["--table", stack.tableName, "--management-endpoint", stack.managementEndpoint];
  const { code, stdout, stderr } = await runStreamer(["requests", ...args, ...where]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

const urlOf = async (queue: string): Promise<string> => (await sqs.send(new GetQueueUrlCommand({ QueueName: queue }))).QueueUrl ?? "";

async function messagesIn(queue: string): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  const { Attributes: attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: await urlOf(queue), AttributeNames }));
  return Number(attributes?.["ApproximateNumberOfMessages"]);
}

async function settled(ada: Person, handle: Handle, status: "completed" | "failed"): Promise<void> {
  await vi.waitUntil(async () => (await failing.stored(ada.refOf(handle))).status === status, WAIT);
}

/** The worker of each attempt dies, and its lease ends. */
async function loseWorkers(ada: Person, handle: Handle, attempts: number): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    await ada.written("start", attempt);
    await failing.letTimePass(ada.refOf(handle), MINUTE_MS);
  }
}

/** In the first of each five minutes. */
const eachPeriod = (run: () => Promise<unknown>) => async (minute: number) => (minute % 5 === 0 ? run() : undefined);

it("while all is well no alarm is off, and the queries for trouble find nothing", async () => {
  const ada = await openPerson(failing);
  await watched.begin();
  await watched.minutes(
    15,
    eachPeriod(() => ada.submit("flaky", ["works"]).result()),
  );
  expect(watched.alarmsOff("staging")).toEqual([]);
  expect(watched.sum("RequestsCompleted", "process_flaky")).toBe(3);
  for (const name of ["errors", "recent-errors", "refused-tokens", "failed-attempts", "retries", "ended-by-lambda", "sends-that-failed"])
    expect([name, watched.query(name)]).toEqual([name, []]);
});

describe("dead letters", () => {
  it.each([
    ["stoppable", "claim", "failed-attempts"],
    ["notifier", "notify", "notifier-losses"],
  ])("a message that the queue %s hands over and nobody can read", async (queue, operation, query) => {
    await watched.begin();
    const runbook = runbookOf(watched, "dead-letters");
    await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(queue), MessageBody: "poison" }));
    await vi.waitUntil(async () => (await messagesIn(`${queue}_dead_letters`)) === 1, WAIT);
    await watched.minutes(1);
    expect(watched.alarmsOff()).toEqual([`dead-letters: ${queue}_dead_letters`]);
    const tries = { operation, level: "ERROR", "error.name": "SyntaxError" };
    expect(runbook.query(query)).toEqual([tries, tries].map((fields) => expect.objectContaining(fields) as unknown));

    await sqs.send(new PurgeQueueCommand({ QueueUrl: await urlOf(`${queue}_dead_letters`) }));
    await watched.minutes(1);
    expect(watched.alarmsOff()).toEqual([]);
  });

  it("requests that fail in all their attempts", async () => {
    const ada = await openPerson(failing);
    await watched.begin();
    const runbook = runbookOf(watched, "failing-requests");
    const handles: Handle[] = [];
    await watched.minutes(
      15,
      eachPeriod(async () => {
        const handle = ada.submit("flaky", ["throws", "throws", "throws"]);
        handles.push(handle);
        await expect(handle.result()).rejects.toMatchObject({ code: "PROCESSING_FAILED" });
      }),
    );
    expect(watched.alarmsOff()).toEqual(["failing-requests: process_flaky"]);
    const failed = runbook.query("failed-attempts");
    for (const { id } of handles) {
      expect(failed.filter((row) => row["request_id"] === id).map(({ operation, attempt, level }) => [operation, attempt, level])).toEqual([
        ["settle", 3, "ERROR"],
        ["retry", 2, "WARN"],
        ["retry", 1, "WARN"],
      ]);
    }
    expect(failed[0]).toMatchObject({ code: "PROCESSING_FAILED", "error.message": "The till is jammed.", action: "flaky" });
    expect(runbook.query("errors")).toEqual([expect.objectContaining({ lines: 3, operation: "settle", code: "PROCESSING_FAILED" })]);
    expect(await streamer("list", "--dead-letters", "--action", "flaky", "--tenant", ada.tenant)).toContain(handles[0]?.id);

    // Mended: from the fourth attempt on it works.
    await streamer("redrive", "--action", "flaky", "--tenant", ada.tenant, "--code", "PROCESSING_FAILED");
    await Promise.all(handles.map((handle) => settled(ada, handle, "completed")));
    await watched.minutes(5);
    expect(watched.alarmsOff()).toEqual([]);
    expect(runbook.sum("RequestsCompleted", "process_flaky")).toBe(3);
  });
});

describe("stuck requests", () => {
  it("one whose workers die is given up by the sweeper, and the runs that died are in the report", async () => {
    const ada = await openPerson(failing);
    await watched.begin();
    const runbook = runbookOf(watched, "abandoned-requests");
    const handle = ada.submit("flaky", ["dies", "dies", "dies"]);
    await watched.minutes(1, async () => {
      await loseWorkers(ada, handle, 3);
      await settled(ada, handle, "failed");
    });
    expect(watched.alarmsOff()).toEqual(["abandoned-requests: sweeper"]);
    expect(runbook.query("sweeper-decisions")).toContainEqual(
      expect.objectContaining({ request_id: handle.id, action: "flaky", attempt: 3 }),
    );
    await watched.minutes(4);
    expect(watched.alarmsOff()).toEqual(["S-205: process_flaky"]);
    const errorRate = runbookOf(watched, "S-205");
    expect(errorRate.query("ended-by-lambda").map((row) => [row["@log"], row["record.status"]])).toEqual(
      Array.from({ length: 3 }, () => ["process_flaky", "failure"]),
    );

    await streamer("redrive", handle.id, "--tenant", ada.tenant);
    await settled(ada, handle, "completed");
    await watched.minutes(5);
    expect(watched.alarmsOff()).toEqual([]);
    expect(runbook.sum("SweepAbandoned", "sweeper")).toBe(1);
  });

  /** Submits a request whose event is lost between the table and the bus. */
  const submitLost = async (ada: Person): Promise<Handle> => {
    failing.rage({ record_dropped: 1 });
    const handle = ada.submit("flaky", ["works"]);
    await vi.waitUntil(() => failing.struck("record_dropped", `request#${ada.tenant}#${handle.id}/request`) === 1, WAIT);
    failing.calm();
    return handle;
  };

  it("one whose event was lost three hours ago is told by its age, and goes on", async () => {
    const ada = await openPerson(failing);
    await watched.begin();
    const runbook = runbookOf(watched, "oldest-request");
    const handle = await submitLost(ada);
    await watched.minutes(5, async (minute) => {
      if (minute > 0) return;
      await failing.letTimePass(ada.refOf(handle), 3 * HOUR_MS);
      await handle.result();
    });
    expect(watched.alarmsOff()).toEqual(["oldest-request: sweeper"]);
    const sweep = runbook.query("sweeps").find(({ SweepDispatched: count }) => count === 1);
    expect(Number(sweep?.["OldestOpenRequest"])).toBeGreaterThan(3 * 3_600);
    expect(watched.query("request", { request_id: handle.id }).map(({ service }) => service)).toContain("processor");

    await watched.minutes(5);
    expect(watched.alarmsOff()).toEqual([]);
  });

  it("one whose event is lost for a day expires, and is redriven", async () => {
    const ada = await openPerson(failing);
    await watched.begin();
    const runbook = runbookOf(watched, "expired-requests");
    const handle = await submitLost(ada);
    await watched.minutes(1, async () => {
      await failing.letTimePass(ada.refOf(handle), 24 * HOUR_MS + MINUTE_MS);
      await settled(ada, handle, "failed");
    });
    expect(watched.alarmsOff()).toEqual(["expired-requests: sweeper"]);
    expect(runbook.query("sweeper-decisions")).toContainEqual(expect.objectContaining({ request_id: handle.id, action: "flaky" }));
    await streamer("redrive", handle.id, "--tenant", ada.tenant);
    await settled(ada, handle, "completed");
    await watched.minutes(4);
    expect(watched.alarmsOff()).toEqual([]);
    expect(runbook.sum("SweepExpired", "sweeper")).toBe(1);
  });
});

it("a burst of bad tokens: the alarm, and the reasons of the refusals", async () => {
  const ada = await openPerson(failing);
  await watched.begin();
  const runbook = runbookOf(watched, "refused-tokens");
  const { stack } = failing;
  const good = await stack.key.mint({ user: "ada", tenant: ada.tenant, permissions: [], expiresIn: "1h" });
  const [head = "", body = "", signature = ""] = good.split(".");
  const forged = [head, body, signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`].join(".");
  const refuse = (token: string) => expect(connectWire(stack.websocketUrl, token)).rejects.toThrow(UpgradeRefused);
  await watched.minutes(5, async () => {
    for (let tries = 0; tries < 31; tries += 1) await refuse(forged);
    for (let tries = 0; tries < 10; tries += 1) await refuse("no.token.atall");
  });
  expect(watched.alarmsOff()).toEqual(["refused-tokens: connect"]);
  const refusal = (reason: string, refused: number) => ({ operation: "connect", code: "UNAUTHORIZED", reason, refused });
  expect(runbook.query("refused-tokens")).toEqual([refusal("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", 155), refusal("ERR_JWS_INVALID", 50)]);

  // A connection that is open goes on, and is told when it brings a bad one.
  const wire = await connectWire(stack.websocketUrl, good);
  onTestFinished(() => wire.close());
  wire.send({ type: "authenticate", token: forged });
  await wire.waitFor((frame) => frame["type"] === "error");
  await watched.minutes(15);
  expect(watched.alarmsOff()).toEqual([]);
  expect(runbook.sum("AuthenticationFailures", "connect")).toBe(205);
  expect(runbook.sum("AuthenticationFailures", "router")).toBe(1);
  expect(runbook.sum("ConnectionsPerMinute", "connect")).toBe(1);
  expect(runbook.query("refused-tokens")).toContainEqual(expect.objectContaining({ operation: "authenticate", code: "UNAUTHORIZED" }));
});

it("the Pipe stopped: the sweeper sends the events in its place, and says so", async () => {
  const ada = await openPerson(failing);
  await watched.begin();
  const runbook = runbookOf(watched, "undelivered-requests");
  const { pipe } = failing.stack.parts;
  await pipe.stop();
  onTestFinished(() => pipe.start());
  await watched.minutes(
    10,
    eachPeriod(async () => {
      const handles = Array.from({ length: 11 }, () => ada.submit("flaky", ["works"]));
      await Promise.all(handles.map((handle) => handle.accepted()));
      await Promise.all(handles.map((handle) => failing.letTimePass(ada.refOf(handle), MINUTE_MS)));
      await Promise.all(handles.map((handle) => handle.result()));
    }),
  );
  expect(watched.alarmsOff()).toEqual(["undelivered-requests: sweeper"]);
  expect(runbook.sum("SweepDispatched", "sweeper")).toBe(22);
  const dispatched = runbook.query("sweeps").map(({ SweepDispatched: count }) => Number(count ?? 0));
  expect(dispatched.reduce((total, count) => total + count, 0)).toBe(22);
  expect(failing.stack.status().pipe.running).toBe(false);

  pipe.start();
  const handle = ada.submit("flaky", ["works"]);
  await handle.result();
  expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "completed", dispatches: 0 });
  await watched.minutes(15);
  expect(watched.alarmsOff()).toEqual([]);
});

it("a slow handler: its attempts run out of time, and which action it is stands in the log", async () => {
  const ada = await openPerson(failing);
  await watched.begin();
  const runbook = runbookOf(watched, "slow-handlers");
  const handles: Handle[] = [];
  await watched.minutes(
    15,
    eachPeriod(async () => {
      const slow = Array.from({ length: 3 }, () => ada.submit("hasty", ["hangs", "hangs"]));
      handles.push(...slow, ada.submit("flaky", ["works"]));
      for (const handle of slow) await expect(handle.result()).rejects.toMatchObject({ code: "TIMEOUT" });
    }),
  );
  expect(watched.alarmsOff()).toEqual(["failing-requests: process_hasty", "slow-handlers: process_hasty"]);
  expect(runbook.sum("AttemptsTimedOut", "process_hasty")).toBe(18);
  const [slowest] = runbook.query("slow-handlers");
  expect(slowest).toMatchObject({ action: "hasty" });
  expect(slowest?.["p95_ms"]).toBeGreaterThanOrEqual(1_500);
  expect(runbook.query("slowest-requests")[0]).toMatchObject({ action: "hasty" });

  // Mended: from the third attempt on it works.
  await streamer("redrive", "--action", "hasty", "--tenant", ada.tenant, "--code", "TIMEOUT");
  await Promise.all(handles.map((handle) => settled(ada, handle, "completed")));
  await watched.minutes(
    15,
    eachPeriod(() => ada.submit("hasty", ["works"]).result()),
  );
  expect(watched.alarmsOff()).toEqual([]);
  expect(runbook.sum("AttemptsTimedOut", "process_hasty")).toBe(18);
});

describe("sends that fail", () => {
  it("again and again: the breaker opens, watchers and subscribers miss messages, and what was stored is fetched later", async () => {
    const ada = await openPerson(failing);
    const { stack, logs } = failing;
    const token = await stack.key.mint({ user: "ada", tenant: ada.tenant, permissions: [], expiresIn: "1h" });
    const wire = await connectWire(stack.websocketUrl, token);
    onTestFinished(() => wire.close());
    wire.send({ type: "subscribe_topic", topic: "requests" });
    await wire.waitFor((frame) => frame["topic"] === "requests");
    await watched.begin();
    const runbook = runbookOf(watched, "failed-sends");
    const handles: Handle[] = [];
    const submitOne = async (): Promise<void> => {
      const handle = ada.submit("flaky", ["works"]);
      handles.push(handle);
      await handle.accepted();
      await settled(ada, handle, "completed");
    };
    const [process, notifier] = ["process_flaky", "notifier"] as const;
    const valuesOf = (source: string, metric: string, from: number) =>
      logs.slice(from).flatMap((line) => (line.source === source ? [line.fields[metric] ?? []].flat().map(Number) : []));
    const counted = (source: string, metric: string, from: number) => valuesOf(source, metric, from).some((value) => value > 0);
    const outage = async (isSeen: (from: number) => boolean): Promise<void> => {
      const from = logs.length;
      failing.rage({ post_failed: 1 });
      while (!isSeen(from)) await submitOne();
      failing.calm();
      // A breaker that has opened closes with the first send that arrives: both have one, and both spare connections that failed for a while.
      const since = logs.length;
      while (![process, notifier].every((sender) => counted(sender, "MessagesSentPerMinute", since))) await submitOne();
    };
    onTestFinished(() => failing.calm());

    await watched.minutes(1, () =>
      outage((from) => counted(notifier, "TopicMessagesLost", from) && valuesOf(process, "BreakerState", from).includes(2)),
    );
    expect(watched.alarmsOff()).toContain("open-breaker: process_flaky");
    const missed = handles[0]?.id ?? "";
    const sends = runbook.query("sends-that-failed").find(({ FunctionName: name }) => name === process);
    expect(Number(sends?.["unavailable"])).toBe(runbook.sum("SendUnavailable", process));
    expect(runbook.query("updates-that-failed")).toContainEqual(expect.objectContaining({ request_id: missed, operation: "send" }));
    expect(runbook.query("notifier-losses")).toContainEqual(expect.objectContaining({ operation: "notify", topic: "requests" }));

    const isLost = (from: number) => counted(process, "SendUnavailable", from) && counted(notifier, "TopicMessagesLost", from);
    await watched.minutes(14, async (minute) => (minute % 5 === 4 ? outage(isLost) : undefined));
    expect(watched.alarmsOff("staging")).toEqual(expect.arrayContaining(["failed-sends: process_flaky", "lost-topic-messages: notifier"]));

    const watcher = await ada.watch(missed);
    expect(await endOf(watcher, missed)).toMatchObject({ type: "complete" });
    // Each instance of a function finds out for itself that sends arrive again.
    const skips = (from: number): boolean => [process, notifier].some((sender) => counted(sender, "SendSkipped", from));
    for (let from = logs.length, well = 0; well < 5; well = skips(from) ? 0 : well + 1) {
      from = logs.length;
      await submitOne();
    }
    await watched.minutes(15, eachPeriod(submitOne));
    expect(watched.alarmsOff("staging")).toEqual([]);
    expect(wire.frames.filter((frame) => frame["type"] === "event").length).toBeGreaterThan(0);
  });

  it.each([
    ["post_gone", "SendGone", "gone"],
    ["post_throttled", "SendThrottled", "throttled"],
  ] as const)("by %s are counted as such, and set off no alarm", async (fault, metric, column) => {
    const ada = await openPerson(failing);
    await watched.begin();
    const runbook = runbookOf(watched, "failed-sends");
    await watched.minutes(5, async (minute) => {
      if (minute > 0) return;
      const handle = ada.submit("flaky", ["waits"]);
      await ada.written("start");
      failing.rage({ [fault]: 1 });
      await ada.go();
      await settled(ada, handle, "completed");
      failing.calm();
    });
    expect(runbook.sum(metric, "process_flaky")).toBeGreaterThan(0);
    const [row] = runbook.query("sends-that-failed");
    expect(Number(row?.[column])).toBe(runbook.sum(metric, "process_flaky"));
    expect(watched.alarmsOff()).toEqual([]);
  });
});

it("the sweeper stopped: its silence is the alarm, and what died meanwhile is found when it runs again", async () => {
  const ada = await openPerson(failing);
  await watched.begin();
  const runbook = runbookOf(watched, "sweeper-stopped");
  const sweeper = failing.stack.parts.schedules.get("sweeper");
  await sweeper?.stop();
  onTestFinished(() => sweeper?.start());
  const handle = ada.submit("flaky", ["dies"]);
  await ada.written("start");
  await failing.letTimePass(ada.refOf(handle), 2 * MINUTE_MS);
  await watched.minutes(4);
  expect(watched.alarmsOff()).not.toContain("sweeper-stopped: sweeper");
  await watched.minutes(4);
  expect(watched.alarmsOff()).toContain("sweeper-stopped: sweeper");
  const [last] = runbook.query("sweeps");
  expect(Number(last?.["@timestamp"] ?? 0)).toBeLessThan(watched.now - 5 * MINUTE_MS);
  expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "processing", attempt: 1 });

  sweeper?.start();
  expect(await handle.result()).toMatchObject({ attempt: 2 });
  await watched.minutes(
    10,
    eachPeriod(() => ada.submit("flaky", ["works"]).result()),
  );
  expect(watched.alarmsOff()).toEqual([]);
  expect(runbook.sum("SweepRecovered", "sweeper")).toBe(1);
  expect(runbook.query("sweeps").length).toBeGreaterThan(2);
});
