import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { createRequestStore, tableDefinition } from "@streamer/server";
import { systemClock } from "@streamer/protocol";
import { beforeAll, describe, expect, inject, it, vi } from "vitest";

const BIN = resolve(import.meta.dirname, "../../../bin/streamer.js");

// Each is some processes, on a machine that may have others.
vi.setConfig({ testTimeout: 60_000 });

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `streamer table …`, as a shell runs it, with no AWS account in its environment. */
async function table(...args: readonly string[]): Promise<Ended> {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [BIN, "table", ...args], { env: { PATH, AWS_EC2_METADATA_DISABLED: "true" } });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => {
      child.once("exit", done);
    }),
  ]);
  return { code, out, err };
}

let endpoint: string;
let client: DynamoDBClient;
beforeAll(() => {
  endpoint = inject("dynamodbEndpoint");
  client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } });
});
const newName = (): string => `table-${crypto.randomUUID()}`;
const { indexes } = tableDefinition;
const schema = (partitionKey: string, sortKey: string) => [
  { AttributeName: partitionKey, KeyType: "HASH" as const },
  { AttributeName: sortKey, KeyType: "RANGE" as const },
];
/** A table as the system has it, but for what is said. */
async function otherTable(change: (input: CreateTableCommandInput) => CreateTableCommandInput): Promise<string> {
  const name = newName();
  const input: CreateTableCommandInput = {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk", ...indexes.flatMap((index) => [index.partitionKey, index.sortKey])].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S",
    })),
    KeySchema: schema("pk", "sk"),
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: schema(index.partitionKey, index.sortKey),
      Projection: { ProjectionType: "KEYS_ONLY" },
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  };
  await client.send(new CreateTableCommand(change(input)));
  return name;
}

describe("streamer table create", () => {
  it("makes a table that the stores work on, and says so; again, it is there and stays as it is", async () => {
    const name = newName();
    const first = await table("create", "--table", name, "--endpoint", endpoint);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toMatch(/\(made now\)[^]*expires_at[^]*gsi4[^]*It is as the system needs it\./);
    const store = createRequestStore({ client, tableName: name }, systemClock);
    const ref = { tenantId: "t", requestId: "r1" };
    const { request } = await store.create({
      ...ref,
      userId: "u",
      connectionId: "c",
      action: "a",
      payload: "{}",
      payloadHash: "h",
      metadata: undefined,
      correlationId: "k",
    });

    const second = await table("create", "--table", name, "--endpoint", endpoint, "--json");
    expect(second.code).toBe(0);
    expect(JSON.parse(second.out)).toMatchObject({
      table: name,
      created: false,
      matches: true,
      differences: [],
      keys: "pk (HASH), sk (RANGE)",
      stream: "NEW_AND_OLD_IMAGES",
      ttl: "expires_at",
    });
    expect(await store.get(ref)).toEqual(request);
  });

  it("turns on the TTL of a table that lacks it", async () => {
    const name = await otherTable((input) => input);
    expect(await table("describe", "--table", name, "--endpoint", endpoint)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/its TTL is off, and should be on expires_at.*"streamer table create" turns it on/) as string,
    });
    expect(await table("create", "--table", name, "--endpoint", endpoint)).toMatchObject({ code: 0 });
    expect(await table("describe", "--table", name, "--endpoint", endpoint)).toMatchObject({ code: 0 });
  });
});

describe("a table of another shape is refused by create and told of by describe, in a sentence that says what differs:", () => {
  it.each<[string, RegExp, (input: CreateTableCommandInput) => CreateTableCommandInput]>([
    [
      "no stream",
      /its stream is off, and should be NEW_AND_OLD_IMAGES/,
      (input) => ({ ...input, StreamSpecification: { StreamEnabled: false } }),
    ],
    [
      "another view of the stream",
      /its stream is KEYS_ONLY, and should be NEW_AND_OLD_IMAGES/,
      (input) => ({ ...input, StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } }),
    ],
    [
      "an index too few",
      /it lacks the index gsi4 with gsi4pk \(HASH\), gsi4sk \(RANGE\)/,
      (input) => ({
        ...input,
        AttributeDefinitions: (input.AttributeDefinitions ?? []).filter(({ AttributeName }) => AttributeName?.startsWith("gsi4") !== true),
        GlobalSecondaryIndexes: (input.GlobalSecondaryIndexes ?? []).slice(0, 3),
      }),
    ],
    [
      "an index of other keys",
      /the keys of its index gsi1 are gsi2pk \(HASH\), gsi1sk \(RANGE\), and should be gsi1pk \(HASH\), gsi1sk \(RANGE\)/,
      (input) => ({
        ...input,
        AttributeDefinitions: (input.AttributeDefinitions ?? []).filter(({ AttributeName }) => AttributeName !== "gsi1pk"),
        GlobalSecondaryIndexes: (input.GlobalSecondaryIndexes ?? []).map((index, number) =>
          number === 0 ? { ...index, KeySchema: schema("gsi2pk", "gsi1sk") } : index,
        ),
      }),
    ],
    [
      "an index that holds all",
      /its index gsi2 projects ALL, and should project KEYS_ONLY/,
      (input) => ({
        ...input,
        GlobalSecondaryIndexes: (input.GlobalSecondaryIndexes ?? []).map((index, number) =>
          number === 1 ? { ...index, Projection: { ProjectionType: "ALL" } } : index,
        ),
      }),
    ],
    [
      "other keys",
      /its keys are sk \(HASH\), pk \(RANGE\), and should be pk \(HASH\), sk \(RANGE\)/,
      (input) => ({ ...input, KeySchema: schema("sk", "pk") }),
    ],
  ])("%s", async (_, why, change) => {
    const name = await otherTable(change);
    expect(await table("create", "--table", name, "--endpoint", endpoint)).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(why) as string,
    });
    const described = await table("describe", "--table", name, "--endpoint", endpoint, "--json");
    expect(described).toMatchObject({ code: 1, err: expect.stringMatching(why) as string });
    const json = JSON.parse(described.out) as { matches: boolean; differences: string[] };
    expect(json.matches).toBe(false);
    expect(json.differences.join()).toMatch(why);
  });
});

describe("streamer table describe", () => {
  it("of a table that is not there, ends with 3", async () => {
    expect(await table("describe", "--table", newName(), "--endpoint", endpoint)).toMatchObject({
      code: 3,
      out: "",
      err: expect.stringMatching(/There is no table .*"streamer table create" makes it/) as string,
    });
  });

  it("of a DynamoDB that knows point-in-time recovery says when it is off, and of one that does not answer says so", async () => {
    const answers: Record<string, object> = {
      DescribeTable: {
        Table: {
          TableStatus: "ACTIVE",
          KeySchema: schema("pk", "sk"),
          GlobalSecondaryIndexes: indexes.map((index) => ({
            IndexName: index.name,
            KeySchema: schema(index.partitionKey, index.sortKey),
            Projection: { ProjectionType: "KEYS_ONLY" },
          })),
          StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
          LatestStreamArn: "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/1",
        },
      },
      DescribeTimeToLive: { TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName: "expires_at" } },
      DescribeContinuousBackups: {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: "ENABLED",
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "DISABLED" },
        },
      },
    };
    const server = createServer((request, response) => {
      const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
      request.resume();
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify(answers[operation] ?? {}));
    });
    await new Promise<void>((listening) => {
      server.listen(0, "127.0.0.1", listening);
    });
    const aws = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await table("describe", "--table", "t", "--endpoint", aws)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/its point-in-time recovery is off, and should be on/) as string,
    });
    await new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    });
    expect(await table("describe", "--table", "t", "--endpoint", aws)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/did not do it: ECONNREFUSED.*Check --endpoint/) as string,
    });
  });
});

it.each<[string, readonly string[], RegExp]>([
  ["an endpoint that is none", ["describe", "--table", "t", "--endpoint", "wss://example"], /"wss:\/\/example" is no endpoint/],
  ["no table", ["create", "--endpoint", "http://127.0.0.1:1"], /--table <name>/],
])("a command line with %s ends with 2", async (_, args, why) => {
  expect(await table(...args)).toMatchObject({ code: 2, err: expect.stringMatching(why) as string });
});
