import type { StandardSchemaV1 } from "@standard-schema/spec";
import { defineAction, defineActions } from "@streamer/protocol";
import { onTestFinished } from "vitest";
import type { RequestHandle } from "../../requestHandle.ts";
import { when } from "../setup.ts";
import { createTestServer } from "./createTestServer.ts";
import type { TestServerOptions } from "./testServer.ts";

/** A schema that takes what `isIt` takes. */
function schema<Value>(isIt: (value: unknown) => boolean): StandardSchemaV1<Value> {
  const validate = (value: unknown) =>
    isIt(value) ? { value: value as Value } : { issues: [{ message: "does not fit", path: ["pages"] }] };
  return { "~standard": { version: 1, vendor: "test", validate } };
}

export const actions = defineActions({
  echo: defineAction("echo", {
    input: schema<{ text: string }>(() => true),
    output: schema<{ text: string }>(() => true),
    estimatedDuration: "1 second",
  }),
  generateReport: defineAction("generate_report", {
    input: schema<{ pages: number }>((value) => typeof (value as { pages?: unknown }).pages === "number"),
    output: schema<{ url: string }>(() => true),
    chunk: schema<string>(() => true),
    estimatedDuration: "2 minutes",
  }),
  purge: defineAction("purge", {
    input: schema<object>(() => true),
    output: schema<object>(() => true),
    estimatedDuration: "1 minute",
    permissions: ["reports:purge"],
  }),
});

export function setUp(options: TestServerOptions<typeof actions> = {}) {
  const server = createTestServer({ actions, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** A report that runs: acknowledged, with one update. */
export async function setUpRunning(options: TestServerOptions<typeof actions> = {}) {
  const server = setUp(options);
  const reports = server.on("generate_report");
  const handle = server.client.generateReport.submit({ pages: 3 }, { id: "r1" });
  const [request, connection] = await Promise.all([reports.next(), server.nextConnection()]);
  request.acknowledge();
  request.progress(10, "one");
  await when(handle, () => handle.status === "running");
  return { server, reports, handle, request, connection };
}

type AnyHandle = { updates(): AsyncIterable<{ readonly type: string; readonly message?: string }> };

export async function texts(handle: AnyHandle): Promise<string[]> {
  const found: string[] = [];
  for await (const { type, message } of handle.updates()) found.push(message ?? type);
  return found;
}

export async function reconnected(handle: RequestHandle<{ url: string }, Record<string, unknown>, string>): Promise<void> {
  await when(handle, () => handle.stale);
  await when(handle, () => !handle.stale);
}
