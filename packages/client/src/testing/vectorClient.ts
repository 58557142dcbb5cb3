import { equal, deepEqual } from "node:assert/strict";
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from "@streamer/protocol";
import { createFakeClock, filled } from "@streamer/protocol/testing";
import type { ClientStep, ClientVector, HttpExchange, Json } from "@streamer/protocol/testing";
import { StreamerClient } from "../streamerClient.ts";
import type { RequestHandle } from "../requestHandle.ts";
import type { FetchLike, WebSocketConstructor, WebSocketLike } from "../types.ts";

/** When a vector begins: 2024-04-01T00:00:00Z. */
const START_MS = 1_711_929_600_000;
/** How long a vector waits for what must come. Nothing of it is time that the client sees. */
const PATIENCE_MS = 2_000;

/** One socket that the client has asked for. */
interface Dial {
  readonly protocols: readonly string[];
  /** Frames that the client has written and no step has looked at. */
  readonly written: string[];
  closedWith: number | undefined;
  /** What the server chose of the subprotocols. */
  protocol: string;
  emit(type: "open" | "message" | "close" | "error", event?: object): void;
}

interface PendingFetch {
  readonly url: string;
  readonly init: Parameters<FetchLike>[1];
  readonly answer: (status: number, text: string) => void;
}

/** A client of this package that a vector drives: no socket, no bucket, no time of its own. */
export function createVectorClient(vector: ClientVector) {
  const clock = createFakeClock(START_MS);
  const dials: Dial[] = [];
  const fetches: PendingFetch[] = [];
  const handles = new Map<string, RequestHandle>();
  const tokens = [...(vector.tokens ?? ["token-1"])];
  let ids = 0;

  const client = new StreamerClient("wss://streamer.test", {
    token: () => (tokens.length > 1 ? (tokens.shift() ?? "") : (tokens[0] ?? "")),
    WebSocket: createDialClass((dial) => void dials.push(dial)),
    fetch: (url, init) =>
      new Promise((resolve) => {
        const answer = (status: number, text: string): void => resolve({ ok: status >= 200 && status < 300, text: async () => text });
        fetches.push({ url, init, answer });
      }),
    clock,
    random: () => vector.jitter ?? 0,
    newId: () => `made-${(ids += 1)}`,
  });

  /** Lets everything happen that needs no time and no answer. Hashing is done by another thread. */
  const settle = async (): Promise<void> => {
    await clock.advance(0);
    await new Promise((resolve) => void setImmediate(resolve));
    await clock.advance(0);
  };
  const until = async (what: string, isIt: () => boolean): Promise<void> => {
    for (const giveUpAt = performance.now() + PATIENCE_MS; !isIt(); await settle()) {
      if (performance.now() > giveUpAt) throw new Error(`${what} did not come`);
    }
  };
  /** The n-th socket, when it is asked for. */
  const dialOf = async (number: number): Promise<Dial> => {
    await until(`connection ${number}`, () => dials.length >= number);
    return dials[number - 1] as Dial;
  };
  const handleOf = (id: string): RequestHandle => {
    const handle = handles.get(id);
    if (handle === undefined) throw new Error(`the vector has no request ${id}`);
    return handle;
  };
  /** How many sockets the steps so far have spoken of. */
  let known = 0;

  const check = async (handle: RequestHandle, is: Extract<ClientStep, { readonly is: unknown }>["is"]): Promise<void> => {
    let end: { readonly result?: unknown; readonly error?: unknown } = {};
    handle.result().then(
      (result) => (end = { result }),
      (error: unknown) => (end = { error }),
    );
    const stop = new AbortController();
    const updates: object[] = [];
    const following = (async () => {
      for await (const update of handle.updates({ signal: stop.signal })) updates.push(update);
    })();
    if ("result" in is || "error" in is) await until("the end of the request", () => "result" in end || "error" in end);
    else await settle();
    stop.abort();
    await following;
    const { status, attempt, stale } = handle;
    const seen = { status, attempt, stale, updates, ...end };
    deepEqual(named(seen, is), is);
  };

  const exchange = async ({ method, url, headers, body, answer }: HttpExchange): Promise<void> => {
    await until(`${method} ${url}`, () => fetches.length > 0);
    const { url: asked, init, answer: reply } = fetches.shift() as PendingFetch;
    deepEqual([init.method, asked], [method, url]);
    if (headers !== undefined) deepEqual(init.headers, headers);
    if (body !== undefined) deepEqual(JSON.parse(new TextDecoder().decode(init.body)), filled(body));
    reply(answer.status, answer.body === undefined ? "" : JSON.stringify(filled(answer.body)));
  };

  const run = async (step: ClientStep): Promise<void> => {
    if ("repeat" in step) {
      for (let time = 0; time < step.repeat; time += 1) for (const inner of step.steps) await run(inner);
    } else if ("call" in step) {
      if (step.call === "close") void client.close();
      else if (step.call === "cancel")
        void handleOf(step.id)
          .cancel(step.reason)
          .catch(() => {});
      else if (step.call === "get") handles.set(step.id, client.get(step.id));
      else
        handles.set(
          step.id,
          client.submit(step.action, filled(step.payload), { id: step.id, ...(step.metadata && { metadata: step.metadata }) }),
        );
    } else if ("open" in step) {
      const dial = await dialOf(step.open);
      known = Math.max(known, step.open);
      equal(dial.protocols[0], SUBPROTOCOL);
      equal(dial.protocols[1], TOKEN_SUBPROTOCOL_PREFIX + (step.token ?? "token-1"));
      dial.protocol = step.protocol ?? SUBPROTOCOL;
      dial.emit("open");
    } else if ("refuse" in step) {
      known = Math.max(known, step.refuse);
      const dial = await dialOf(step.refuse);
      dial.emit("error");
      dial.emit("close", { code: 1006 });
    } else if ("expect_no_connection" in step) {
      await settle();
      equal(dials.length, known);
    } else if ("advance_ms" in step) await clock.advance(step.advance_ms);
    else if ("http" in step) await exchange(step.http);
    else if ("state" in step) {
      await settle();
      equal(client.state, step.state);
    } else if ("request" in step) await check(handleOf(step.request), step.is);
    else await onConnection(await dialOf(step.connection), step);
  };

  return {
    client,

    /** Does one step, or throws where the client does something else than it says. */
    step: run,

    /** What the client has written beyond what the steps say. */
    async unread(): Promise<readonly string[]> {
      await settle();
      return dials.flatMap(({ written }) => written);
    },
  };

  async function onConnection(dial: Dial, step: Extract<ClientStep, { readonly connection: number }>): Promise<void> {
    if ("expect" in step) {
      await until("a frame", () => dial.written.length > 0);
      deepEqual(JSON.parse(dial.written.shift() ?? ""), filled(step.expect));
    } else if ("expect_nothing" in step) {
      await settle();
      deepEqual(dial.written, []);
    } else if ("receive" in step) dial.emit("message", { data: JSON.stringify(filled(step.receive)) });
    else if ("receive_text" in step) dial.emit("message", { data: step.receive_text });
    else if ("close" in step) dial.emit("close", { code: step.close });
    else if ("expect_open" in step) {
      await settle();
      equal(dial.closedWith, undefined);
    } else {
      await until("the client's closing", () => dial.closedWith !== undefined);
      equal(dial.closedWith, step.expect_close);
      dial.emit("close", { code: step.expect_close });
    }
  }
}

/** Of what was seen, what the vector names: objects by their named fields, lists item by item. */
function named(seen: unknown, wanted: unknown): unknown {
  if (Array.isArray(wanted) && Array.isArray(seen))
    return seen.map((item, index) => (index < wanted.length ? named(item, wanted[index]) : item));
  if (typeof wanted !== "object" || wanted === null || typeof seen !== "object" || seen === null) return seen;
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, named((seen as Json)[key], (wanted as Json)[key])]));
}

function createDialClass(onDial: (dial: Dial) => void): WebSocketConstructor {
  return class implements WebSocketLike {
    readonly #target = new EventTarget();
    readonly #dial: Dial;

    constructor(_url: string, protocols: readonly string[]) {
      const emit: Dial["emit"] = (type, event = {}) => void this.#target.dispatchEvent(Object.assign(new Event(type), event));
      this.#dial = { protocols, written: [], closedWith: undefined, protocol: SUBPROTOCOL, emit };
      onDial(this.#dial);
    }
    get protocol(): string {
      return this.#dial.protocol;
    }
    send(data: string): void {
      this.#dial.written.push(data);
    }
    close(code = 1005): void {
      this.#dial.closedWith ??= code;
    }
    addEventListener(type: string, listener: (event: never) => void): void {
      this.#target.addEventListener(type, listener as (event: Event) => void);
    }
  };
}
