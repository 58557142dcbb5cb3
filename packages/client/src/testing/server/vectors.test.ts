import { deepEqual } from "node:assert/strict";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX, defineAction, defineActions, defineTopic, isTerminal } from "@streamer/protocol";
import type { ErrorCode } from "@streamer/protocol";
import { createFakeClock, likenedMessage } from "@streamer/protocol/testing";
import type { ServerStep, ServerVector, WorkStep } from "@streamer/protocol/testing";
import { expect, onTestFinished, test } from "vitest";
import { readServerVectors } from "../vectorFiles.ts";
import { createTestServer } from "./createTestServer.ts";
import type { TestRequest } from "./testRequest.ts";
import { createTestToken } from "./testToken.ts";
import type { TestWebSocket } from "./testWebSocket.ts";

/** The server in memory is held to what the real one is held to, but for these. */
const OTHERWISE = [
  // It counts no messages: `limitFrames` says when.
  "the messages of a connection beyond its rate",
  // It tells of who comes at once, so that nobody hears late of who was there before: see `topics.test.ts`.
  "with presence: who is there",
];
const vectors = readServerVectors().filter(({ name }) => !OTHERWISE.some((start) => name.startsWith(start)));

function schema<Value>(field: string, isIt: (value: Record<string, unknown>) => boolean, defaults: object = {}): StandardSchemaV1<Value> {
  const validate = (value: unknown) => {
    const given = value as Record<string, unknown>;
    return isIt(given) ? { value: { ...defaults, ...given } as Value } : { issues: [{ message: "does not fit", path: [field] }] };
  };
  return { "~standard": { version: 1, vendor: "test", validate } };
}

const anything = schema<object>("", () => true);
const actions = defineActions({
  echo: defineAction("echo", {
    input: schema<{ message: string }>("message", ({ message }) => typeof message === "string", { times: 1 }),
    output: anything,
    estimatedDuration: "1 second",
  }),
  generateReport: defineAction("generate_report", {
    input: schema<object>("start", ({ start }) => typeof start === "string"),
    output: anything,
    estimatedDuration: "2 minutes",
  }),
  purgeReports: defineAction("purge_reports", {
    input: anything,
    output: anything,
    estimatedDuration: "1 minute",
    permissions: ["reports:write", "reports:purge"],
  }),
});

const topics = [defineTopic("rooms/*", { event: anything, presence: true })];

/** That a request is stored is told to its topics too, which the vectors leave out. */
function isOfStoring(message: Received): boolean {
  return message.type === "event" && message.events?.every(({ data }) => data.status === "pending") === true;
}

interface Received {
  readonly type: string;
  readonly events?: readonly { readonly data: { readonly status?: string } }[];
}

function createVectorServer() {
  const clock = createFakeClock();
  const server = createTestServer({ actions, topics, clock });
  server.on("echo", (request) => (request.payload.message === "fail" ? request.fail("PROCESSING_FAILED") : request.payload));
  server.on("generate_report", (request) => request.acknowledge());
  server.on("purge_reports", (request) => request.acknowledge());
  const sockets = new Map<string, { readonly socket: TestWebSocket; inbox: Received[] }>();

  const work = (request: TestRequest, step: WorkStep): void => {
    // What a worker does after the end changes nothing.
    if (isTerminal(request.status) && step.do !== "redrive" && step.do !== "forget") return;
    switch (step.do) {
      case "claim":
        return request.begin();
      case "progress":
        return request.progress(step.percentage, step.message);
      case "chunk":
        return request.emit(...step.data);
      case "forget":
        for (let n = 0; n < step.count; n += 1) request.progress(step.percentage, step.message);
        return request.trim(request.updates.length);
      case "retry":
        return request.retry(step.in_ms);
      case "complete":
        return request.complete(step.data);
      case "fail":
        return request.fail(step.code as ErrorCode);
      case "redrive":
        return request.redrive();
    }
  };

  const run = async (step: ServerStep): Promise<void> => {
    if ("repeat" in step) return;
    if ("connect" in step) {
      const { user = "ada", tenant = "acme", permissions = [] } = step;
      const token = createTestToken({ sub: user, tenant_id: tenant, permissions });
      const socket = new server.WebSocket(server.url, [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token]);
      const connection: { readonly socket: TestWebSocket; inbox: Received[] } = { socket, inbox: [] };
      socket.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data as string) as Received;
        if (!isOfStoring(message)) connection.inbox.push(message);
      });
      sockets.set(step.connect, connection);
    } else if ("advance_ms" in step) await clock.advance(step.advance_ms);
    else if ("work" in step) {
      const request = server.request(step.work);
      if (request === undefined) throw new Error(`there is no request ${step.work}`);
      // Its watchers are told too, which the vectors leave to the client's.
      for (const inner of step.steps) work(request, inner);
      await clock.advance(0);
      for (const connection of sockets.values()) connection.inbox = connection.inbox.filter(({ type }) => type === "event");
    } else {
      const connection = sockets.get(step.connection);
      if ("expect" in step) deepEqual(likenedMessage(connection?.inbox.shift(), step.expect), step.expect);
      else connection?.socket.send("receive" in step ? JSON.stringify(step.receive) : step.receive_text);
    }
    await clock.advance(0);
  };
  return { server, run, unread: () => [...sockets.values()].flatMap(({ inbox }) => inbox) };
}

test.each(vectors.map((vector: ServerVector) => [vector.name, vector] as const))("%s", async (_, vector) => {
  const { server, run, unread } = createVectorServer();
  onTestFinished(() => server.close());
  for (const step of vector.steps) await run(step);
  expect(unread()).toEqual([]);
});
