import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { MAX_REPEATED_SEGMENTS } from "./segmentBudget.ts";
import type { Tracer } from "./tracer.ts";

interface Sent {
  readonly id: string;
  readonly parent_id: string;
  readonly trace_id: string;
  readonly name: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

const CANARY = "canary-91c2";
const PARENT = "53995c3f42cd8ad8";
let trace = 0;

let daemon: Socket;
let sent: Sent[] = [];
let texts: string[] = [];
let tracer: Tracer;
let dynamodb: Server;
let answer: { status: number; body: object; headers: Record<string, unknown> };
let client: DynamoDBClient;

beforeAll(async () => {
  daemon = createSocket("udp4").on("message", (data) => {
    texts.push(data.toString());
    sent.push(JSON.parse(data.toString().split("\n")[1] ?? "") as Sent);
  });
  await new Promise<void>((resolve) => daemon.bind(0, "127.0.0.1", resolve));
  // As Lambda sets it. The SDK looks when it is loaded.
  vi.stubEnv("LAMBDA_TASK_ROOT", "/var/task");
  vi.stubEnv("AWS_EXECUTION_ENV", "AWS_Lambda_nodejs24.x");
  vi.stubEnv("AWS_XRAY_DAEMON_ADDRESS", `127.0.0.1:${daemon.address().port}`);
  const { createPowertoolsTracer } = await import("./powertoolsTracer.ts");
  tracer = createPowertoolsTracer();

  dynamodb = createServer((request, response) => {
    answer.headers = request.headers;
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => dynamodb.listen(0, "127.0.0.1", resolve));
  client = tracer.captureClient(
    new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(dynamodb.address() as AddressInfo).port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      maxAttempts: 1,
    }),
  );
});
afterAll(async () => {
  client.destroy();
  await new Promise((resolve) => dynamodb.close(resolve));
  await new Promise<void>((resolve) => daemon.close(resolve));
  vi.unstubAllEnvs();
});
beforeEach(() => {
  [sent, texts] = [[], []];
  answer = { status: 200, body: {}, headers: {} };
  begin();
});

/** An invocation begins: Lambda gives each a trace. */
function begin(sampled = 1): string {
  trace += 1;
  const root = `1-5759e988-${trace.toString(16).padStart(24, "0")}`;
  vi.stubEnv("_X_AMZN_TRACE_ID", `Root=${root};Parent=${PARENT};Sampled=${sampled}`);
  return root;
}

const arrived = async (name: string): Promise<Sent> =>
  vi.waitFor(() => {
    const found = sent.find((segment) => segment.name === name);
    if (found === undefined) throw new Error(`No segment "${name}" has come.`);
    return found;
  });

const get = () => client.send(new GetItemCommand({ TableName: "work", Key: { pk: { S: CANARY } } }));

describe("segments", () => {
  test("stand under the invocation's trace, and within each other", async () => {
    const root = begin();
    const result = await tracer.segment(
      "message",
      async (segment) => {
        segment.annotate({ tenant_id: "acme", batch_id: undefined });
        return tracer.segment("submit", async () => "stored", { action: "echo" });
      },
      { user_id: "ada" },
    );
    expect(result).toBe("stored");
    const message = await arrived("message");
    expect(message).toMatchObject({ trace_id: root, parent_id: PARENT, annotations: { user_id: "ada", tenant_id: "acme" } });
    expect(message.annotations).not.toHaveProperty("batch_id");
    expect(await arrived("submit")).toMatchObject({ trace_id: root, parent_id: message.id, annotations: { action: "echo" } });
  });

  test("that run at the same time do not get into each other", async () => {
    await tracer.segment("sweep", async () => {
      const shards = [3, 1, 2].map((shard) =>
        tracer.segment(
          "shard",
          async () => {
            await sleep(shard * 5);
            await tracer.segment("claim", async () => sleep(shard), { shard });
          },
          { shard },
        ),
      );
      await Promise.all(shards);
    });
    await arrived("sweep");
    await vi.waitFor(() => expect(sent.filter(({ name }) => name === "claim")).toHaveLength(3));
    for (const claim of sent.filter(({ name }) => name === "claim")) {
      const shard = sent.find(({ id }) => id === claim.parent_id);
      expect(shard).toMatchObject({ name: "shard", annotations: claim.annotations });
    }
  });

  test("of an invocation that is not sampled are not sent; the next one's are", async () => {
    begin(0);
    await tracer.segment("message", () => tracer.segment("submit", get));
    begin();
    await tracer.segment("connect", async () => {});
    await arrived("connect");
    expect(sent.map(({ name }) => name)).toEqual(["connect"]);
  });

  test("that fail say so by class and code, never by text; what was thrown comes through", async () => {
    const error = Object.assign(new RangeError(CANARY), { code: "ERR_TOO_FAR" });
    const failing = tracer.segment("process", () => tracer.segment("claim", () => Promise.reject(error)));
    await expect(failing).rejects.toBe(error);
    for (const name of ["process", "claim"])
      expect(await arrived(name)).toMatchObject({ fault: true, annotations: { error: "RangeError", error_code: "ERR_TOO_FAR" } });
    expect(texts.join()).not.toContain(CANARY);
  });

  test("have left, and their sockets are closed, when the invocation's own ends", async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((resource) => resource === "UDPWrap").length;
    const before = sockets();
    await tracer.segment("message", () => tracer.segment("submit", async () => {}));
    expect(sockets()).toBe(before);
  });
});

describe("calls of AWS", () => {
  test("are segments that name operation, resource and status, under the step that made them", async () => {
    const root = begin();
    await tracer.segment("claim", get);
    const call = await arrived("DynamoDB");
    const step = await arrived("claim");
    expect(call).toMatchObject({
      parent_id: step.id,
      namespace: "aws",
      aws: { operation: "GetItem", region: "us-east-1", table_name: "work", retries: 0 },
      http: { response: { status: 200 } },
    });
    expect(answer.headers["x-amzn-trace-id"]).toBe(`Root=${root};Parent=${call.id};Sampled=1`);
    expect(texts.join()).not.toContain(CANARY);
  });

  test("that are refused are errors, and no faults of ours; the error comes through", async () => {
    answer = {
      ...answer,
      status: 400,
      body: { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", message: CANARY },
    };
    await expect(tracer.segment("claim", () => get().catch((error: unknown) => Promise.reject(error)))).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
      message: CANARY,
    });
    const call = await arrived("DynamoDB");
    expect(call).toMatchObject({
      error: true,
      annotations: { error: "ConditionalCheckFailedException" },
      http: { response: { status: 400 } },
    });
    expect(call["fault"]).toBeUndefined();
    expect(texts.join()).not.toContain(CANARY);
  });

  test("that the service fails are faults", async () => {
    answer = { ...answer, status: 500, body: { __type: "InternalServerError", message: CANARY } };
    await tracer.segment("claim", () => get().catch(() => undefined));
    expect(await arrived("DynamoDB")).toMatchObject({ fault: true, http: { response: { status: 500 } } });
    expect((await arrived("claim"))["fault"]).toBeUndefined();
  });

  test("outside of any invocation's step are made as ever", async () => {
    await expect(get()).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });
});

test("a long invocation records so many repeated steps, and says how many it left out; its own steps are all there", async () => {
  await tracer.segment("process", async () => {
    for (let flush = 0; flush < MAX_REPEATED_SEGMENTS + 7; flush += 1) await tracer.segment("flush", () => nextTurn());
    await tracer.segment("settle", async () => {});
  });
  expect((await arrived("process")).annotations).toEqual({ segments_left_out: 7 });
  await arrived("settle");
  await vi.waitFor(() => expect(sent.filter(({ name }) => name === "flush")).toHaveLength(MAX_REPEATED_SEGMENTS));
});
