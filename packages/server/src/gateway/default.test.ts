import { encodeServerMessage } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import { expect, test } from "vitest";
import { createDefaultHandler } from "./default.ts";

const requestContext = { connectionId: "c1=", domainName: "api.example", stage: "live" };

/** A router that notes what it is given and gives this. */
function routing(message: ServerMessage) {
  const routed: (readonly [string, string])[] = [];
  const handler = createDefaultHandler({
    route: (connectionId, frame) => {
      routed.push([connectionId, frame]);
      return Promise.resolve(encodeServerMessage(message));
    },
  });
  return { handler, routed };
}

test("a frame goes to the router with its connection; the answer goes back as the route's own response", async () => {
  const { handler, routed } = routing({ type: "pong" });
  expect(await handler({ requestContext, body: '{"type":"ping"}' })).toEqual({ statusCode: 200, body: '{"type":"pong"}' });
  expect(routed).toEqual([["c1=", '{"type":"ping"}']]);
});

test("an error is an answer like any other: 200, or the gateway would send a frame of its own instead", async () => {
  const error = { code: "NOT_FOUND", message: "There is no such request.", retryable: false };
  const { handler } = routing({ type: "error", request_id: "r1", error });
  const result = await handler({ requestContext, body: "{}" });
  expect(result.statusCode).toBe(200);
  expect(JSON.parse(result.body ?? "")).toEqual({ type: "error", request_id: "r1", error });
});

test.each([[null], [undefined]])("a frame without a body (%s) is an empty one", async (body) => {
  const { handler, routed } = routing({ type: "pong" });
  await handler(body === undefined ? { requestContext } : { requestContext, body });
  expect(routed).toEqual([["c1=", ""]]);
});
