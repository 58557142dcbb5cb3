import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@streamer/client";
import type { HandleStatus, RequestHandle, TypedClient } from "@streamer/client";
import type { RequestRef } from "@streamer/server";
import { onTestFinished, vi } from "vitest";
import { connectWire, isTerminal } from "../../support/wireClient.ts";
import type { Frame, WireClient } from "../../support/wireClient.ts";
import type { actions } from "../app/src/actions/index.ts";
import type { Deed, WorkLine } from "../app/src/work/schemas.ts";
import { WAIT } from "./failingStack.ts";
import type { FailingStack } from "./failingStack.ts";

type ActionName = Exclude<keyof TypedClient<typeof actions>, "$client" | "brittle">;
export type Handle = RequestHandle<{ readonly attempt: number; readonly filling: string }>;

/** A user with a client, and what the work of their requests writes down. */
export interface Person {
  readonly tenant: string;
  readonly user: string;
  /** Submits work that does so, attempt for attempt. */
  submit(action: ActionName, deeds: readonly Deed[], more?: { readonly filling?: string; readonly id?: string }): Handle;
  /** Lets attempts go on that wait or keep busy: the first of each request, or those of another number. */
  go(attempt?: number): Promise<void>;
  refOf(handle: Pick<Handle, "id">): RequestRef;
  /** What the person's client was sent of a request, in order. */
  framesOf(handle: Handle): readonly Frame[];
  /** Another connection of the same person, which watches the request. */
  watch(requestId: string): Promise<WireClient>;
  /** What the work has written down so far; of one kind, if one is named. */
  lines(event?: WorkLine["event"]): Promise<readonly WorkLine[]>;
  /** Resolves when the work has written so many lines of a kind. */
  written(event: WorkLine["event"], times?: number): Promise<void>;
}

export async function openPerson({ stack }: FailingStack, tenant: string = crypto.randomUUID()): Promise<Person> {
  const user = "ada";
  const log = join(stack.dataDir, `${tenant}.jsonl`);
  const go = join(stack.dataDir, `${tenant}.go`);
  const letGo = (attempt = 1): Promise<void> => writeFile(`${go}.${attempt}`, "");
  await writeFile(log, "");
  const token = await stack.key.mint({ user, tenant, permissions: [], expiresIn: "1h" });
  const frames: Frame[] = [];
  class RecordedSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data }) => frames.push(JSON.parse(String(data)) as Frame));
    }
  }
  const api = createClient<typeof actions>({ url: stack.websocketUrl, token, WebSocket: RecordedSocket });
  // Work that still waits goes on, so that it holds up neither the next test nor the stack's end.
  onTestFinished(async () => {
    await Promise.all([1, 2, 3].map(letGo));
    await api.$client.close();
  });

  const lines = async (event?: WorkLine["event"]): Promise<readonly WorkLine[]> => {
    const all = (await readFile(log, "utf8")).split("\n").filter((line) => line !== "");
    return all.map((line) => JSON.parse(line) as WorkLine).filter((line) => event === undefined || line.event === event);
  };
  return {
    tenant,
    user,
    submit: (action, deeds, { id, filling } = {}) =>
      api[action].submit({ deeds: [...deeds], log, go, ...(filling === undefined ? {} : { filling }) }, { id }),
    go: letGo,
    refOf: ({ id }) => ({ tenantId: tenant, requestId: id }),
    framesOf: ({ id }) => frames.filter((frame) => frame["request_id"] === id),
    async watch(requestId) {
      const wire = await connectWire(stack.websocketUrl, token);
      onTestFinished(() => wire.close());
      wire.send({ type: "subscribe", request_id: requestId });
      await wire.waitFor((frame) => frame["type"] === "subscribed" && frame["request_id"] === requestId);
      return wire;
    },
    lines,
    written: (event, times = 1) => vi.waitUntil(async () => (await lines(event)).length >= times, WAIT).then(() => undefined),
  };
}

/** Resolves when the handle's status is this one. */
export function until(handle: RequestHandle, status: HandleStatus): Promise<void> {
  return new Promise((resolve) => {
    const stop = handle.onChange(look);
    function look(): void {
      if (handle.status !== status) return;
      stop();
      resolve();
    }
    look();
  });
}

/** How a watched request ended, whether it had when it was subscribed to or has since. */
export async function endOf(wire: WireClient, requestId: string): Promise<Frame> {
  const fits = (frame: Frame): boolean => frame["request_id"] === requestId && (isTerminal(frame) || frame["outcome"] !== undefined);
  const frame = await wire.waitFor(fits);
  return (frame["outcome"] as Frame | undefined) ?? frame;
}
