import type { StandardSchemaV1 } from "@standard-schema/spec";
import { createClient } from "@streamer/client";
import type { CreateClientOptions, TypedClient } from "@streamer/client";
import { defineAction, defineActions, defineTopic, listRequests } from "@streamer/protocol";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { startScriptedServer } from "./scriptedServer.ts";
import type { ScriptedConnection, ScriptedServer } from "./scriptedServer.ts";

/** A schema that only has types: enough for a client. */
function schema<Input, Output = Input>(): StandardSchemaV1<Input, Output> {
  return { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as Output }) } };
}

export const actions = defineActions({
  generateReport: defineAction("generate_report", {
    input: schema<{ pages: number; format?: "pdf" | "csv" }>(),
    output: schema<{ url: string }>(),
    progress: schema<{ stage: "query" | "render" }>(),
    chunk: schema<{ line: string }>(),
    estimatedDuration: "2 minutes",
  }),
  cleanUp: defineAction("clean_up", {
    input: schema<{ dry?: boolean }>(),
    output: schema<{ removed: number }>(),
    estimatedDuration: "1 minute",
  }),
  listRequests,
});
export type App = typeof actions;

/** A topic of the app. */
export const room = defineTopic("rooms/*", { event: schema<{ text: string }>(), presence: true });

export interface AppSetup {
  readonly server: ScriptedServer;
  readonly api: TypedClient<App>;
}

/** Of a client that reconnects without delay. The WebSocket of jsdom's global cannot be used under vitest: its events are not the global ones. */
export function clientOptions({ url }: ScriptedServer): CreateClientOptions {
  return { url, token: "a.b.c", random: () => 0, WebSocket };
}

/** A server and a typed client for it, both closed when the test has finished. */
export async function setUpApp(): Promise<AppSetup> {
  const server = await startScriptedServer();
  const api = createClient<App>(clientOptions(server));
  onTestFinished(() => api.$client.close());
  return { server, api };
}

/** `setUpApp`, with the connection open. */
export async function setUpConnectedApp(): Promise<AppSetup & { readonly connection: ScriptedConnection }> {
  const setup = await setUpApp();
  await setup.api.$client.connect();
  return { ...setup, connection: await setup.server.accept() };
}
