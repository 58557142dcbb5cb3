import { setTimeout as delay } from "node:timers/promises";
import { nameOf } from "../checker/history.ts";
import type { Frame, Transcript } from "../checker/history.ts";
import { createFollowed } from "./followed.ts";
import type { Followed } from "./followed.ts";
import { openRecordedSocket } from "./recordedSocket.ts";
import type { Person, RecordedSocket } from "./recordedSocket.ts";

/** One device of one person: it keeps a connection, sends, follows, and comes back when it was cut off. */
export interface Session extends Person {
  submit(frame: Frame & { readonly id: string }): void;
  /** Follows a request that another device sent, from a sequence of its choice. */
  watch(requestId: string, after: number): void;
  /** Sends a frame as it is, if there is a connection now. */
  say(frame: Frame): void;
  /** Goes away, and comes back after some time. */
  leave(downMs: number): void;
  readonly followed: ReadonlyMap<string, Followed>;
  /** Of all its connections so far. */
  readonly transcripts: readonly Transcript[];
  stop(): Promise<void>;
}

export interface SessionOptions extends Person {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly onError: (error: unknown) => void;
}

const TICK_MS = 100;
/** Without an answer for so long a frame is sent again, then after twice as long, up to `MAX_ANSWER_MS`: who is late must not be buried. */
const ANSWER_MS = 3_000;
const MAX_ANSWER_MS = 12_000;
/** Without a word on an open request for so long it is asked for: its connection may have been given up by the other side. */
const SILENCE_MS = 6_000;

export function startSession(options: SessionOptions): Session {
  const { tenant, user, name, onError } = options;
  const submitted = new Map<string, Frame>();
  const followed = new Map<string, Followed>();
  /** When something was last sent or heard of a request. */
  const touched = new Map<string, number>();
  const asked = new Map<string, number>();
  /** Of each request, how long the next answer is waited for. */
  const patience = new Map<string, number>();
  const transcripts: Transcript[] = [];
  const stopping = new AbortController();
  let socket: RecordedSocket | undefined;
  let connections = 0;
  let awayUntil = 0;

  const say = (frame: Frame): void => {
    if (socket?.open === true) socket.send(frame);
  };
  const onFrame = (frame: Frame): void => {
    const one = followed.get(String(frame["request_id"]));
    if (one === undefined) return;
    one.received(frame);
    touched.set(one.requestId, performance.now());
    patience.delete(one.requestId);
    if (frame["type"] === "subscribed" || frame["type"] === "error") asked.delete(one.requestId);
  };

  const connect = async (): Promise<void> => {
    connections += 1;
    try {
      socket = await openRecordedSocket({ ...options, connection: `${name}.${connections}`, onFrame });
      transcripts.push(socket.transcript);
      touched.clear();
      asked.clear();
    } catch {
      // Refused or cut while it opened: the next tick tries again.
      socket = undefined;
    }
  };

  /** Sends again what was not answered, and asks for what was missed. */
  const tend = (): void => {
    const now = performance.now();
    for (const one of followed.values()) {
      const { requestId } = one;
      const frame = submitted.get(requestId);
      if (one.ended) continue;
      const silentMs = now - (touched.get(requestId) ?? Number.NEGATIVE_INFINITY);
      const answerMs = patience.get(requestId) ?? ANSWER_MS;
      if (!one.acknowledged && frame !== undefined) {
        if (silentMs > answerMs) {
          touched.set(requestId, now);
          patience.set(requestId, Math.min(MAX_ANSWER_MS, 2 * answerMs));
          say(frame);
        }
      } else if (one.mustSubscribe || silentMs > SILENCE_MS) {
        if (now - (asked.get(requestId) ?? Number.NEGATIVE_INFINITY) < answerMs) continue;
        patience.set(requestId, Math.min(MAX_ANSWER_MS, 2 * answerMs));
        asked.set(requestId, now);
        touched.set(requestId, now);
        one.asks();
        say({ type: "subscribe", request_id: requestId, after: one.last });
      }
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (performance.now() < awayUntil) {
        await socket?.close();
      } else if (socket?.open !== true) {
        for (const one of followed.values()) one.disconnected();
        await connect();
      } else {
        tend();
      }
      await delay(TICK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await socket?.close();
  };
  const running = run().catch(onError);

  return {
    tenant,
    user,
    followed,
    transcripts,
    submit(frame) {
      submitted.set(frame.id, frame);
      followed.set(frame.id, createFollowed(frame.id));
      touched.set(frame.id, performance.now());
      say(frame);
    },
    watch(requestId, after) {
      if (followed.has(requestId)) return;
      const one = createFollowed(requestId, after);
      one.received({ type: "acknowledgment", duplicate: true, request_id: nameOf({ tenant, requestId }) });
      followed.set(requestId, one);
    },
    say,
    leave(downMs) {
      awayUntil = performance.now() + downMs;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
