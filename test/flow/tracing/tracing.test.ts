import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startTestStack } from "../../support/localStack.ts";
import type { TestStack } from "../../support/localStack.ts";
import { connectWire } from "../../support/wireClient.ts";
import { startDaemon } from "./daemon.ts";
import type { Daemon, SegmentDocument } from "./daemon.ts";
import { readPicture } from "./page.ts";
import { recordFlow } from "./recordFlow.ts";
import type { RecordedFlow } from "./recordFlow.ts";
import { namesIn, namesInDrawing, traceTree } from "./traceTree.ts";

const CANARY = `canary-${randomUUID()}`;

let daemon: Daemon;
let stack: TestStack;
let flow: RecordedFlow;
let flowSegments: readonly SegmentDocument[];
beforeAll(async () => {
  daemon = await startDaemon();
  stack = await startTestStack({ xrayDaemonAddress: daemon.address });
  flow = await recordFlow(stack, daemon, { metadata: { note: CANARY } });
  flowSegments = [...flow.segments];
});
afterAll(async () => {
  await stack.stop();
  await daemon.stop();
});

const named = (name: string): SegmentDocument => {
  const found = flowSegments.find((segment) => segment.name === name);
  if (found === undefined) throw new Error(`No segment "${name}" among ${flowSegments.map((one) => one.name).join(", ")}.`);
  return found;
};

/** The operations of AWS that were called within a segment, itself or what is below it. */
function callsWithin(segment: SegmentDocument): readonly string[] {
  const below = flowSegments.filter(({ parent_id: parent }) => parent === segment.id);
  return below.flatMap((one) => [...(one.aws?.operation === undefined ? [] : [`${one.name}.${one.aws.operation}`]), ...callsWithin(one)]);
}

/** A trace's id without X-Ray's version and dashes. */
const w3cId = ({ trace_id: id }: SegmentDocument): string => id.slice(2).replace("-", "");

const resultOf = ({ frames }: RecordedFlow) => {
  const { result } = frames.at(-1) as unknown as { result: { data: { url: string; size: number } } };
  return result.data;
};

const byName = async (name: string, fits: (segment: SegmentDocument) => boolean): Promise<SegmentDocument> =>
  eventually(async () => daemon.segments.find((segment) => segment.name === name && fits(segment)), `a segment "${name}"`);

describe("a complete connection flow is traced (S-198 to S-201, S-211)", () => {
  it("each function's own segment says who and what", () => {
    const who = { user_id: "ada", tenant_id: "acme" };
    const connection = { connection_id: expect.any(String) as string };
    const request = { request_id: "report", action: "generate_report", correlation_id: expect.any(String) as string };
    expect(named("connect").annotations).toEqual({ ...who, ...connection });
    const origin = { origin_trace_id: w3cId(named("message")) };
    expect(named("message").annotations).toEqual({ ...who, ...connection, ...request, ...origin });
    expect(named("process").annotations).toMatchObject({ ...who, ...request, attempt: 1, outcome: "completed" });
    expect(named("disconnect").annotations).toEqual({ ...who, ...connection });
  });

  it("the worker is found by the correlation id of the message that asked for it, and by its trace", () => {
    expect(named("process").annotations).toMatchObject({
      correlation_id: named("message").annotations?.["correlation_id"],
      origin_trace_id: w3cId(named("message")),
    });
    expect(named("process").trace_id).not.toBe(named("message").trace_id);
  });

  it("the worker is found by the trace that the client names", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const client = await connectWire(stack.websocketUrl, await stack.token());
    client.send({ id: "theirs", action: "generate_report", traceparent, payload: { start_date: "2024-02-01", end_date: "2024-02-02" } });
    await client.untilEnd("theirs");
    await client.close();
    const segment = await byName("process", ({ annotations }) => annotations?.["request_id"] === "theirs");
    expect(segment.annotations?.["origin_trace_id"]).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
  });

  it("steps stand within each other as they were taken", () => {
    const message = named("message");
    expect(named("submit")).toMatchObject({ parent_id: message.id, trace_id: message.trace_id });
    const process = named("process");
    for (const step of ["claim", "run generate_report", "settle"])
      expect(named(step)).toMatchObject({ parent_id: process.id, trace_id: process.trace_id });
    expect(flowSegments.filter(({ name }) => name === "flush").length).toBeGreaterThanOrEqual(3);
  });

  it("every call of AWS stands under the step that made it", () => {
    expect(callsWithin(named("connect"))).toEqual(["DynamoDB.PutItem"]);
    expect(callsWithin(named("submit"))).toEqual(["DynamoDB.PutItem"]);
    expect(callsWithin(named("claim"))).toEqual(["DynamoDB.UpdateItem"]);
    expect(callsWithin(named("flush"))).toEqual(["DynamoDB.PutItem", "DynamoDB.Query", "ApiGatewayManagementApi.PostToConnection"]);
    expect(callsWithin(named("settle"))).toEqual(["DynamoDB.UpdateItem", "DynamoDB.Query", "ApiGatewayManagementApi.PostToConnection"]);
    expect(callsWithin(named("run generate_report"))).toContain("S3.PutObject");
  });

  it("signing a URL is no call, and the URL can be used", async () => {
    expect(flowSegments.filter(({ aws }) => aws?.operation === "GetObject")).toEqual([]);
    const { url, size } = resultOf(flow);
    expect(url).not.toMatch(/trace/i);
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(size);
  });

  it("all segments have ended, and none is sent twice", () => {
    expect(flowSegments.filter((segment) => !(segment.end_time >= segment.start_time))).toEqual([]);
    expect(new Set(flowSegments.map(({ id }) => id)).size).toBe(flowSegments.length);
  });

  it("the picture in packages/docs/tracing.md has the names of this run", async () => {
    expect(namesInDrawing(await readPicture())).toEqual(namesIn(traceTree(flowSegments)));
  });
});

describe("what is refused is seen by class and code", () => {
  it("a token that is not accepted", async () => {
    await expect(connectWire(stack.websocketUrl, `${CANARY}.e30.x`)).rejects.toThrow("401");
    const segment = await byName("connect", ({ error }) => error === true);
    expect(segment.annotations).toMatchObject({ error: "UnauthorizedError", error_code: "UNAUTHORIZED" });
    expect(segment.fault).toBeUndefined();
  });

  it("a payload that does not fit", async () => {
    const client = await connectWire(stack.websocketUrl, await stack.token());
    client.send({ id: "bad", action: "echo", payload: { message: { nested: CANARY } } });
    await client.waitFor((frame) => frame["request_id"] === "bad");
    client.send({ id: "good", action: "echo", payload: { message: CANARY } });
    await client.waitFor((frame) => frame["request_id"] === "good");
    await client.close();
    const segment = await byName("message", ({ annotations }) => annotations?.["request_id"] === "bad");
    expect(segment).toMatchObject({ error: true, annotations: { error_code: "VALIDATION_ERROR", action: "echo" } });
    const good = await byName("message", ({ annotations }) => annotations?.["request_id"] === "good");
    expect(good.error).toBeUndefined();
  });
});

it("no token, payload, metadata, progress or result is in any datagram", async () => {
  const token = await stack.token();
  const progress = flow.frames.flatMap((frame) => (typeof frame["message"] === "string" ? [frame["message"]] : []));
  const secrets = [CANARY, token.slice(0, 20), "2024-01-01", "X-Amz-Signature", new URL(resultOf(flow).url).pathname, ...progress];
  expect(progress.length).toBeGreaterThan(0);
  const all = daemon.datagrams.join("\n");
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
});

it("what records writes nothing to the functions' logs", () => {
  const strange = stack.logs.filter(({ message }) => /x-?ray|segment|datagram/i.test(message));
  expect(strange).toEqual([]);
});
