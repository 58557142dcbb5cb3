import { createClient } from "@streamer/client";
import { WebSocket } from "ws";
import type { BenchApp } from "./app/src/actions/index.ts";
import { answerParent } from "./askProcess.ts";
import { exactNow } from "./exactNow.ts";
import { createStreamPoller } from "./streamPoller.ts";
import type { StreamPollerConfig } from "./streamPoller.ts";

/** What the client is asked to do; the first is `connect`. */
export type ClientQuestion =
  | { readonly do: "connect"; readonly url: string; readonly token: string; readonly rawToken: string }
  | {
      readonly do: "watch";
      readonly requests: number;
      readonly rounds: number;
      readonly rawConnectionId: string;
      readonly managementEndpoint: string;
      readonly poller: StreamPollerConfig;
    }
  | { readonly do: "pass"; readonly requests: number; readonly inFlight: number };

/** All in ms, one for each sample. `passedMs`: the whole run. */
export interface ClientAnswer {
  readonly acknowledged: readonly number[];
  readonly firstProgress: readonly number[];
  /** From `progress()` in the worker until the client's own code has it: reports after the first. */
  readonly progress: readonly number[];
  /** From the handler's return until the client's own code has the result. */
  readonly completion: readonly number[];
  /** The same way by bare calls: put, query, post, until a bare socket has it. */
  readonly raw: readonly number[];
  /** Of the bare poller. */
  readonly polled: readonly number[];
  readonly passedMs: number;
}

type Of<Kind extends ClientQuestion["do"]> = Extract<ClientQuestion, { do: Kind }>;
type Api = ReturnType<typeof createClient<BenchApp>>;

let api: Api | undefined;
let rawSocket: WebSocket | undefined;

answerParent(
  async (question: ClientQuestion): Promise<ClientAnswer> => {
    if (question.do === "connect") return connect(question);
    if (api === undefined || rawSocket === undefined) throw new Error("Ask to connect first.");
    return question.do === "watch" ? watch(question, api, rawSocket) : pass(question, api);
  },
  async () => {
    rawSocket?.close();
    await api?.$client.close();
  },
);

async function connect({ url, token, rawToken }: Of<"connect">): Promise<ClientAnswer> {
  api = createClient<BenchApp>({ url, token });
  const socket = new WebSocket(`${url}?Authorization=${rawToken}`);
  rawSocket = socket;
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  await api.passing.submit({ text: "warm" }).result();
  return nothing();
}

/** Each sample beside its baseline, in turn. */
async function watch(question: Of<"watch">, { timed }: Api, socket: WebSocket): Promise<ClientAnswer> {
  const { requests, rounds, rawConnectionId, managementEndpoint } = question;
  const found = nothing();
  const onRaw = (data: Buffer): void => {
    const arrivedAt = exactNow();
    found.raw.push(arrivedAt - (JSON.parse(data.toString()) as { metadata: { at: number } }).metadata.at);
  };
  socket.on("message", onRaw);
  const poller = createStreamPoller(question.poller);
  for (let request = 0; request < requests; request += 1) {
    found.polled.push(await poller.sample());
    const sentAt = exactNow();
    const handle = timed.submit({ rounds, rawConnectionId, managementEndpoint });
    const acknowledged = handle.accepted().then(() => found.acknowledged.push(exactNow() - sentAt));
    let reports = 0;
    for await (const update of handle.updates()) {
      const arrivedAt = exactNow();
      // The last, made by the processor when the work is done, has no moment of its own.
      if (update.type !== "progress" || update.metadata === undefined) continue;
      if (reports === 0) found.firstProgress.push(arrivedAt - sentAt);
      else found.progress.push(arrivedAt - update.metadata.at);
      reports += 1;
    }
    const { at } = await handle.result();
    found.completion.push(exactNow() - at);
    await acknowledged;
  }
  poller.stop();
  socket.off("message", onRaw);
  return found;
}

/** So many at a time, the next as soon as one has its result. */
async function pass({ requests, inFlight }: Of<"pass">, { passing }: Api): Promise<ClientAnswer> {
  let left = requests;
  const startedAt = performance.now();
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await passing.submit({ text: "x".repeat(300) }).result();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return { ...nothing(), passedMs: performance.now() - startedAt };
}

function nothing() {
  const samples = (): number[] => [];
  return {
    acknowledged: samples(),
    firstProgress: samples(),
    progress: samples(),
    completion: samples(),
    raw: samples(),
    polled: samples(),
    passedMs: 0,
  };
}
