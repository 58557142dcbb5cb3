import type { Action, ChunkMessage, ErrorCode, ProgressMessage } from "@streamer/protocol";
import { StreamerError } from "@streamer/protocol";
import { onTestFinished } from "vitest";
import type { BatchHandle, BatchState } from "../batch/types.ts";
import type { ActionClient } from "../createClient.ts";
import { StreamerClient } from "../streamerClient.ts";
import type { RequestHandle } from "../requestHandle.ts";
import type { RequestOptions, StateChange, StreamerClientOptions, Update } from "../types.ts";
import { startScriptedServer } from "./scriptedServer.ts";
import type { ScriptedConnection, ScriptedServer } from "./scriptedServer.ts";

export interface Setup {
  readonly server: ScriptedServer;
  readonly client: StreamerClient;
  /** Every change of the connection so far. */
  readonly changes: readonly StateChange[];
  /** Waits for a change, one that has already happened included; each call goes on where the last one stopped. */
  readonly change: (isIt: (change: StateChange) => boolean) => Promise<StateChange>;
}

/** A server and a client for it, both closed when the test has finished. Delays have no length unless `random` is given. */
export async function setUp(options: Partial<StreamerClientOptions> = {}): Promise<Setup> {
  const server = await startScriptedServer();
  const client = new StreamerClient(server.url, { token: "a.b.c", random: () => 0, ...options });
  const changes: StateChange[] = [];
  let seen = 0;
  let wake = (): void => {};
  client.onStateChange((change) => {
    changes.push(change);
    wake();
  });
  onTestFinished(async () => {
    // The server first: a socket that it ignores would keep the client waiting for the closing handshake.
    await server.close();
    await client.close();
  });
  return {
    server,
    client,
    changes,
    async change(isIt) {
      for (;;) {
        const found = changes.slice(seen).findIndex(isIt);
        if (found >= 0) {
          seen += found + 1;
          return changes[seen - 1] as StateChange;
        }
        await new Promise<void>((resolve) => void (wake = resolve));
      }
    },
  };
}

export interface ConnectedSetup extends Setup {
  readonly connection: ScriptedConnection;
}

/** `setUp`, with the connection open. */
export async function setUpConnected(options: Partial<StreamerClientOptions> = {}): Promise<ConnectedSetup> {
  const setup = await setUp(options);
  await setup.client.connect();
  return { ...setup, connection: await setup.server.accept() };
}

export interface RunningSetup extends ConnectedSetup {
  readonly handle: RequestHandle;
}

/** `setUpConnected`, with the request `r1` acknowledged. */
export async function setUpRunning(options: Partial<StreamerClientOptions> = {}): Promise<RunningSetup> {
  const setup = await setUpConnected(options);
  const handle = setup.client.submit("generate_report", { pages: 3 }, { id: "r1" });
  await setup.connection.next();
  setup.connection.send({ type: "acknowledgment", request_id: "r1", status: "pending" });
  await handle.accepted();
  return { ...setup, handle };
}

/** The n-th progress of an attempt of `r1`, after its predecessor unless told otherwise. */
export function progress(n: number, { attempt = 1, previous }: { attempt?: number; previous?: number } = {}): ProgressMessage {
  const sequence = sequenceOf(n, attempt);
  return {
    type: "progress",
    request_id: "r1",
    sequence,
    previous: previous ?? (n === 1 ? 0 : sequence - 1),
    attempt,
    percentage: n,
    message: `step ${n}`,
    timestamp: 1_711_929_600,
  };
}

/** The n-th update of the first attempt of `r1`, as a chunk. */
export function chunk(n: number, ...data: unknown[]): ChunkMessage {
  const sequence = sequenceOf(n, 1);
  return { type: "chunk", request_id: "r1", sequence, previous: n === 1 ? 0 : sequence - 1, attempt: 1, data };
}

export function sequenceOf(n: number, attempt = 1): number {
  return attempt * 1_000_000 + n;
}

export function complete(data: unknown, id = "r1") {
  return { type: "complete", request_id: id, result: { success: true, data }, timestamp: 1_711_929_600 } as const;
}

/** The wire's form of an error of this code. */
export function errorBody(code: ErrorCode) {
  const { message, retryable } = new StreamerError(code);
  return { code, message, retryable };
}

/** What the platform sends when the server fails at a frame. */
export const GATEWAY_FRAME = JSON.stringify({ message: "Internal server error", connectionId: "ABC=", requestId: "XYZ=" });

/** All updates of a handle up to its end. */
export async function collect(handle: RequestHandle): Promise<Update[]> {
  const updates: Update[] = [];
  for await (const update of handle.updates()) updates.push(update);
  return updates;
}

/** Waits until a handle is as wanted; asked at once and after each of its changes. */
export function when(handle: RequestHandle, isIt: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!isIt()) return;
      stop();
      resolve();
    };
    const stop = handle.onChange(check);
    check();
  });
}

/** What `createClient` makes of an action, for a client without types. */
export function actionOf(client: StreamerClient, name = "process_data"): ActionClient<Action> {
  return {
    name,
    client,
    submit: (input?: unknown, options?: RequestOptions) => client.submit(name, input, options),
    get: (id, options) => client.get(id, options),
  };
}

/** Waits until a batch is as wanted; asked at once and after each of its changes. */
export function whenBatch(batch: Pick<BatchHandle, "state" | "onChange">, isIt: (state: BatchState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!isIt(batch.state)) return;
      stop();
      resolve();
    };
    const stop = batch.onChange(check);
    check();
  });
}
