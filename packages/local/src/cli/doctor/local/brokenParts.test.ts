import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { CreateTableCommand, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { createFakeClock } from "@streamer/protocol/testing";
import { createRequestStore, tableDefinition } from "@streamer/server";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { runDoctorProcess, startDoctoredStack } from "../testing/doctoredStack.ts";
import type { DoctoredStack } from "../testing/doctoredStack.ts";

// A stack takes seconds to start on a machine that has others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: DoctoredStack;
beforeAll(async () => {
  world = await startDoctoredStack();
});
afterAll(() => world.stop());

const matching = (seen: RegExp) => expect.stringMatching(seen) as string;
const urlOf = async (queue: string): Promise<string> => (await world.sqs.send(new GetQueueUrlCommand({ QueueName: queue }))).QueueUrl ?? "";
/** Stops a part until the test is over. */
async function stopped(part: { start(): void; stop(): Promise<void> } | undefined): Promise<void> {
  if (part === undefined) throw new Error("The stack has no such part.");
  onTestFinished(() => part.start());
  await part.stop();
}
/** Gives the doctor other addresses until the test is over. */
async function pretend(addresses: Parameters<DoctoredStack["pretend"]>[0]): Promise<void> {
  onTestFinished(() => world.pretend());
  await world.pretend(addresses);
}
const cli = (...args: readonly string[]) => runDoctorProcess(["--data-dir", world.stack.dataDir, ...args]);
const newRequest = (requestId: string) => ({
  tenantId: "acme",
  requestId,
  userId: "ada",
  connectionId: "c",
  action: "generate_report",
  payload: "{}",
  payloadHash: "h",
  metadata: undefined,
  correlationId: "7f8f6f3e-8f0b-4f6e-9d53-3b7f3a1c2d4e",
  traceparent: "",
});

it("a stack that is well has nothing to tell, ends with 0, and carries a request to its end", async () => {
  const { code, out, err } = await cli("--json", "--strict", "--deep");
  const report = JSON.parse(out) as { status: string; checks: readonly { name: string; status: string; seen: string }[] };
  expect(report.checks.filter(({ status }) => status !== "ok")).toEqual([]);
  expect({ code, err, status: report.status }).toEqual({ code: 0, err: "", status: "ok" });
  expect(report.checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "table",
      "stream",
      "ttl",
      "pipe",
      "bus",
      "queue generate_report",
      "dead letters generate_report",
      "open requests",
      "sweeper",
      "notifier",
      "functions",
      "key",
      "clock",
      "engine",
      "ports",
      "connect",
      "echo",
      "health",
    ]),
  );
  expect(report.checks.find(({ name }) => name === "deep: generate_report")?.seen).toMatch(/completed in/);
});

describe("what is broken is told of, and only that:", () => {
  it("a pipe that is stopped, with how much it left undone", async () => {
    await stopped(world.stack.parts.pipe);
    const store = createRequestStore({ client: world.dynamodb, tableName: world.stack.tableName }, createFakeClock(Date.now()));
    await store.create(newRequest("left-behind"));
    const { failing, of } = await world.examine();
    expect(failing).toEqual(["pipe"]);
    expect(of("pipe")).toMatchObject({
      seen: matching(/it is stopped: \d+ records? behind/),
      advice: matching(/streamer dev/),
      runbook: "pipe",
    });
    await store.cancel({ tenantId: "acme", requestId: "left-behind" }, undefined);
    world.stack.parts.pipe.start();
    await vi.waitFor(async () => expect((await world.examine()).of("pipe")?.seen).toBe("runs; nothing waits in the stream"), {
      timeout: 10_000,
    });
  });

  it("a request that is never started: the deep test says how far it came, and takes it back", async () => {
    await stopped(world.stack.parts.pollers.get("generate_report"));
    const { failing, of } = await world.examine({ deep: true, deepTimeout: 1 });
    expect(failing).toEqual(["queue generate_report", "deep: generate_report"]);
    expect(of("deep: generate_report")).toMatchObject({
      seen: matching(/was acknowledged, and not started within 1 s/),
      runbook: "requests-not-processed",
    });
    // By now the message is there.
    expect((await world.examine()).of("queue generate_report")).toMatchObject({
      seen: matching(/nobody takes its messages: 1 waiting, the oldest for/),
      advice: matching(/start it again/),
      runbook: "backlog",
    });
    world.stack.parts.pollers.get("generate_report")?.start();
    await vi.waitFor(async () => expect((await world.examine()).of("queue generate_report")?.seen).toBe("0 waiting, 0 in work"), {
      timeout: 10_000,
    });
  });

  it("a dead letter, with what to do about it, and the exit code 1", async () => {
    const QueueUrl = await urlOf("process_data_dead_letters");
    onTestFinished(async () => void (await world.sqs.send(new PurgeQueueCommand({ QueueUrl }))));
    await world.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));
    const { code, out } = await cli();
    expect(code).toBe(1);
    expect(out).toMatch(/FAIL {2}dead letters process_data +1 message\n/);
    expect(out).toMatch(
      /What to do\n\ndead letters process_data: streamer requests list --dead-letters.*\n {2}Runbook: packages\/docs\/runbooks\/dead-letters\.md\n\nFailing: 1\. To look at: 0\./,
    );
  });

  it("a dead letter of the pipe", async () => {
    const path = join(world.stack.dataDir, "pipe-dead-letters.jsonl");
    onTestFinished(() => rm(path));
    await appendFile(path, '{"sequenceNumber":"1"}\n');
    const { failing, of } = await world.examine();
    expect(failing).toEqual(["dead letters pipe"]);
    expect(of("dead letters pipe")).toMatchObject({ seen: "1 record", advice: expect.stringContaining(path) as string });
  });

  it("a sweeper whose schedule is stopped", async () => {
    await stopped(world.stack.parts.schedules.get("sweeper"));
    const { failing, of } = await world.examine();
    expect(failing).toEqual(["sweeper"]);
    expect(of("sweeper")).toMatchObject({ seen: matching(/its schedule is stopped/), runbook: "sweeper" });
  });

  it("a notifier that takes no messages", async () => {
    await stopped(world.stack.parts.pollers.get("notifier"));
    expect((await world.examine()).failing).toEqual(["queue notifier", "notifier"]);
  });

  it("a queue that gives a message again while it is worked on", async () => {
    const QueueUrl = await urlOf("process_data");
    const set = (seconds: number): Promise<unknown> =>
      world.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }));
    const visibilityMs = 10_000;
    const { Attributes: before } = await world.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["VisibilityTimeout"] }));
    onTestFinished(async () => void (await set(Number(before?.["VisibilityTimeout"]))));
    await set(visibilityMs / 1_000);
    const { failing, of } = await world.examine();
    expect(failing).toEqual(["queue process_data"]);
    expect(of("queue process_data")?.seen).toMatch(/comes again after 10 s, and process_process_data may run for \d+ (s|min)/);
  });

  it("a request that is overdue, and one that failed", async () => {
    const store = createRequestStore(
      { client: world.dynamodb, tableName: world.stack.tableName },
      createFakeClock(Date.now() - 3 * 3_600_000),
    );
    await stopped(world.stack.parts.pipe);
    const late = { tenantId: "acme", requestId: "late" };
    await store.create(newRequest("late"));
    const overdue = await world.examine();
    expect(overdue.failing).toEqual(["pipe", "overdue requests"]);
    expect(overdue.of("overdue requests")).toMatchObject({
      seen: matching(/^1; late \(generate_report\) is due since 3 h/),
      runbook: "sweeper",
    });
    expect(overdue.of("open requests")).toMatchObject({ status: "warn", seen: matching(/late \(generate_report\), is pending since 3 h/) });
    await store.claim(late, 60_000);
    await store.fail(late, 1, { code: "PROCESSING_FAILED", reason: "of a test" }, undefined);
    world.stack.parts.pipe.start();
    const failed = await world.examine();
    expect(failed.failing).not.toContain("overdue requests");
    expect(failed.of("failed requests")).toMatchObject({
      status: "warn",
      seen: "1: generate_report PROCESSING_FAILED 1",
      advice: matching(/redrive/),
    });
    expect(failed.of("failed requests")?.seen).not.toContain("of a test");
  });

  it("a TTL that is off is a warning: it ends with 0, and with 1 when it is strict", async () => {
    const ttl = (Enabled: boolean): Promise<unknown> =>
      world.dynamodb.send(
        new UpdateTimeToLiveCommand({
          TableName: world.stack.tableName,
          TimeToLiveSpecification: { Enabled, AttributeName: "expires_at" },
        }),
      );
    onTestFinished(async () => void (await ttl(true)));
    await ttl(false);
    expect((await world.examine()).of("ttl")).toMatchObject({ status: "warn", seen: matching(/^off/) });
    expect((await cli()).code).toBe(0);
    expect((await cli("--strict")).code).toBe(1);
  });

  it("a table of another shape", async () => {
    await world.dynamodb.send(
      new CreateTableCommand({
        TableName: "other",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
      }),
    );
    await pretend({ tableName: "other" });
    const { of } = await world.examine();
    expect(of("table")).toMatchObject({ status: "fail", seen: matching(/other: it lacks the index gsi1/), advice: matching(/--data-dir/) });
    expect(of("stream")).toMatchObject({ status: "fail", seen: matching(new RegExp(`^off, and should be ${tableDefinition.stream}`)) });
    await pretend({ tableName: "gone" });
    expect((await world.examine()).of("table")).toMatchObject({ status: "fail", seen: "there is no table gone" });
  });
});
