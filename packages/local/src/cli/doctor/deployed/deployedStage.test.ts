import { generateKeyPairSync } from "node:crypto";
import { systemClock } from "@streamer/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { examine } from "../run.ts";
import type { DoctorOptions } from "../run.ts";
import { DEFAULTS, findingsOf, runDoctorProcess } from "../testing/doctoredStack.ts";
import type { Findings } from "../testing/doctoredStack.ts";
import { FakeError, startFakeAws } from "../testing/fakeAws.ts";
import type { FakeAws } from "../testing/fakeAws.ts";
import { attributes, metrics, PIPE, recovery, TABLE, wellStage } from "../testing/wellStage.ts";
import type { StageAnswers } from "../testing/wellStage.ts";

vi.setConfig({ testTimeout: 30_000 });

/** A stage of one action that is well. */
let WELL: StageAnswers;
let aws: FakeAws;
let answers: StageAnswers;
beforeAll(async () => {
  aws = await startFakeAws(() => answers);
  WELL = wellStage(() => aws.endpoint);
  const environment = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});
beforeEach(() => {
  answers = WELL;
});

async function look(changes: StageAnswers = {}, options: Partial<DoctorOptions> = {}): Promise<Findings> {
  answers = { ...WELL, ...changes };
  return findingsOf((await examine({ ...DEFAULTS, app: "shop", stage: "prod", region: "eu-west-1", ...options }, systemClock)).findings);
}
const matching = (seen: RegExp) => expect.stringMatching(seen) as string;

it("of a stage that is well all is found from its Pipe and is well; what needs a token or a secret is said not to have been looked at", async () => {
  const { all } = await look();
  expect(all.map(({ name, status }) => [name, status])).toEqual([
    ["pipe", "ok"],
    ["dead letters pipe", "ok"],
    ["table", "ok"],
    ["stream", "ok"],
    ["ttl", "ok"],
    ["recovery", "ok"],
    ["bus", "ok"],
    ["queue generate_report", "ok"],
    ["dead letters generate_report", "ok"],
    ["queue notifier", "ok"],
    ["dead letters notifier", "ok"],
    ["open requests", "ok"],
    ["overdue requests", "ok"],
    ["failed requests", "ok"],
    ["functions", "ok"],
    ["sweeper", "ok"],
    ["key", "skip"],
    ["clock", "ok"],
    ["connect", "skip"],
  ]);
  expect(all.find(({ name }) => name === "table")?.seen).toContain("shop-prod-StreamerDatabaseTable-x");
  expect(all.find(({ name }) => name === "functions")?.seen).toMatch(/^6 functions/);
});

it("nothing is written: only calls that describe, list, get and query are made", async () => {
  await look();
  expect([...aws.called].filter((operation) => !/^(Describe|List|Get|Query|BatchGet)/.test(operation))).toEqual([]);
});

describe("what is broken is told of, and only that:", () => {
  it.each<[string, StageAnswers, readonly string[], RegExp, RegExp]>([
    [
      "a Pipe that somebody stopped",
      { DescribePipe: { ...PIPE, DesiredState: "STOPPED", CurrentState: "STOPPED" } },
      ["pipe"],
      /is STOPPED/,
      /start-pipe/,
    ],
    [
      "a Pipe that AWS stopped, with its reason",
      { DescribePipe: { ...PIPE, CurrentState: "START_FAILED", StateReason: "no rights" } },
      ["pipe"],
      /START_FAILED: no rights/,
      /sst deploy/,
    ],
    [
      "dead letters of the Pipe",
      { GetQueueAttributes: attributes({ "pipe-dlq": { ApproximateNumberOfMessages: "2" } }) },
      ["dead letters pipe"],
      /2 messages/,
      /sweeper/,
    ],
    [
      "dead letters of a queue",
      { GetQueueAttributes: attributes({ "generate_report-dlq": { ApproximateNumberOfMessages: "1" } }) },
      ["dead letters generate_report"],
      /1 message/,
      /redrive/,
    ],
    [
      "messages that wait for hours",
      {
        GetMetricData: metrics((of, metric) => (of === "generate_report" ? [100, 7_200] : metric === "Invocations" ? [1] : [])),
        GetQueueAttributes: attributes({ generate_report: { ApproximateNumberOfMessages: "5" } }),
      },
      ["queue generate_report"],
      /5 waiting, the oldest for 2 h/,
      /concurrency/,
    ],
    [
      "a mapping that is off",
      { ListEventSourceMappings: { EventSourceMappings: [{ State: "Disabled" }] } },
      ["queue generate_report", "queue notifier"],
      /nobody takes its messages \(the mapping is Disabled\)/,
      /mapping/,
    ],
    [
      "a queue without a mapping",
      { ListEventSourceMappings: { EventSourceMappings: [] } },
      ["queue generate_report", "queue notifier"],
      /no function is mapped/,
      /mapping/,
    ],
    [
      "a visibility that is too short",
      { GetQueueAttributes: attributes({ notifier: { VisibilityTimeout: "60" } }) },
      ["queue notifier"],
      /comes again after 60 s/,
      /Deploy again/,
    ],
    [
      "a rule that is off",
      { ListRules: { Rules: [{ Name: "shop-prod-notifier", State: "DISABLED" }] } },
      ["bus"],
      /shop-prod-notifier is disabled/,
      /sst deploy/,
    ],
    [
      "a notifier without a rule",
      { ListRules: { Rules: [{ Name: "shop-prod-generate_report", State: "ENABLED" }] } },
      ["bus"],
      /no rule shop-prod-notifier/,
      /sst deploy/,
    ],
    [
      "a stream that is off",
      { DescribeTable: { Table: { ...TABLE, StreamSpecification: undefined } } },
      ["stream"],
      /off, and should be/,
      /sst deploy/,
    ],
    [
      "a table without an index",
      { DescribeTable: { Table: { ...TABLE, GlobalSecondaryIndexes: TABLE.GlobalSecondaryIndexes.slice(1) } } },
      ["table"],
      /lacks the index gsi1/,
      /sst deploy/,
    ],
    [
      "a function too few",
      { ListFunctions: { Functions: [] } },
      ["functions", "sweeper"],
      /missing: connect, disconnect, router, notifier, sweeper/,
      /sst deploy/,
    ],
    [
      "a function that does not load",
      {
        GetFunctionConfiguration: (_, path) => ({
          State: path.includes("router") ? "Failed" : "Active",
          StateReason: "no role",
          Timeout: 600,
        }),
      },
      ["functions"],
      /router: failed \(no role\)/,
      /sst deploy/,
    ],
    [
      "a sweeper that does not run",
      { GetMetricData: metrics((of, metric) => (metric === "Invocations" && !of.includes("sweeper") ? [1] : [])) },
      ["sweeper"],
      /has not run for 4 min/,
      /schedule/,
    ],
    [
      "a sweeper that fails each time",
      { GetMetricData: metrics((of, metric) => (metric === "Invocations" || of.includes("sweeper") ? [1] : [])) },
      ["sweeper"],
      /all of its runs failed/,
      /log/,
    ],
  ])("%s", async (_, changes, failing, seen, advice) => {
    const found = await look(changes);
    expect(found.failing).toEqual(failing);
    expect(found.of(failing[0] ?? "")).toMatchObject({ seen: matching(seen), advice: matching(advice) });
  });

  it("functions that failed lately, and recovery that is off, are warnings", async () => {
    const found = await look({
      DescribeContinuousBackups: recovery("DISABLED"),
      GetMetricData: metrics((of, metric) => (metric === "Invocations" ? [10] : of.includes("router") ? [3] : [])),
    });
    expect(found.failing).toEqual([]);
    expect(found.of("functions")).toMatchObject({ status: "warn", seen: matching(/router \(3 of 10\)/) });
    expect(found.of("recovery")).toMatchObject({ status: "warn" });
  });
});

describe("half of what one may see is still told:", () => {
  it("a stage that is not there: the Pipe fails, and what is found by it is not told twice", async () => {
    const found = await look({ DescribePipe: undefined });
    expect(found.failing).toEqual(["pipe"]);
    expect(found.of("pipe")).toMatchObject({
      seen: "there is no Pipe shop-prod-requests",
      advice: matching(/--app, --stage and --region/),
    });
    expect(found.of("table")).toMatchObject({ status: "skip" });
    expect(found.of("functions")?.status).toBe("ok");
  });

  it("with --table it is looked at all the same", async () => {
    const found = await look({ DescribePipe: undefined }, { table: "mine" });
    expect(found.of("table")).toMatchObject({ status: "ok", seen: matching(/^mine/) });
  });

  it("without the right to a service its rows fail by what AWS said, and the others stand", async () => {
    const found = await look({
      ListFunctions: new FakeError("AccessDeniedException"),
      GetMetricData: new FakeError("AccessDeniedException"),
    });
    expect(found.failing).toEqual(["functions"]);
    expect(found.of("functions")).toMatchObject({ seen: matching(/AccessDeniedException/), advice: matching(/credentials/) });
    expect(found.of("queue generate_report")?.status).toBe("ok");
  });
});

it("the shell of sst tells the app, the URL and the key, which is judged and not printed", async () => {
  const { publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const environment = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
    SST_RESOURCE_App: JSON.stringify({ name: "shop", stage: "prod" }),
    SST_RESOURCE_StreamerApi: JSON.stringify({ url: "ws://127.0.0.1:1", managementEndpoint: "http://127.0.0.1:1" }),
    SST_RESOURCE_StreamerJwtKey: JSON.stringify({ value: publicKey }),
    STREAMER_TOKEN: "aaaa.bbbb.secret",
  };
  const { code, out, err } = await runDoctorProcess(["--stage", "prod"], environment);
  expect(code).toBe(1);
  expect(out).toMatch(/ok +key +RSA, 2048 bits/);
  expect(out).toMatch(/FAIL {2}connect +ECONNREFUSED/);
  expect(out + err).not.toMatch(/bbbb|BEGIN PUBLIC KEY/);
  expect(await runDoctorProcess(["--stage", "other"], environment)).toMatchObject({
    code: 2,
    err: matching(/sst shell of the stage prod/),
  });
});
