import type { Frame } from "../checker/history.ts";

/** What a client knows of one request of its own, by the rules for clients in PROTOCOL.md. */
export interface Followed {
  readonly requestId: string;
  readonly acknowledged: boolean;
  readonly ended: boolean;
  /** The last sequence it has, without a hole before it. */
  readonly last: number;
  /** It must ask: after a reconnect, or when an update follows on one that it does not have. */
  readonly mustSubscribe: boolean;
  received(frame: Frame): void;
  /** It subscribes now: what comes live is held until the replay is whole. */
  asks(): void;
  /** The connection it was watched on is gone. */
  disconnected(): void;
}

export function createFollowed(requestId: string, after = 0): Followed {
  let acknowledged = false;
  let ended = false;
  let mustSubscribe = false;
  let last = after;
  let attempt = 0;
  let asking = false;
  const held: Frame[] = [];

  const take = (update: Frame): void => {
    const of = Number(update["attempt"]);
    const sequence = Number(update["sequence"]);
    if (of < attempt || sequence <= last) return;
    if (Number(update["previous"]) > last) {
      mustSubscribe = true;
      return;
    }
    last = sequence;
    attempt = of;
  };

  const end = (outcome: Frame): void => {
    if (Number(outcome["last_sequence"] ?? 0) <= last) ended = true;
    else mustSubscribe = true;
  };

  const takeLive = (frame: Frame): void => {
    switch (frame["type"]) {
      case "progress":
      case "chunk":
        return take(frame);
      case "gap":
        last = Math.max(last, Number(frame["to"]));
        return;
      case "complete":
      case "cancelled":
        return end(frame);
      case "error":
        if (frame["final"] === true) end(frame);
        return;
      default:
    }
  };

  const takePage = (page: Frame): void => {
    mustSubscribe = page["more"] === true;
    for (const update of (page["updates"] ?? []) as readonly Frame[]) {
      if (Number(update["sequence"]) <= last) continue;
      last = Number(update["sequence"]);
      attempt = Number(update["attempt"]);
    }
  };

  const takeHeld = (): void => {
    asking = false;
    for (const frame of held.splice(0)) takeLive(frame);
  };

  return {
    requestId,
    get acknowledged() {
      return acknowledged;
    },
    get ended() {
      return ended;
    },
    get last() {
      return last;
    },
    get mustSubscribe() {
      return mustSubscribe && acknowledged && !ended;
    },
    asks() {
      asking = true;
    },
    received(frame) {
      const { type } = frame;
      if (type === "acknowledgment" || type === "progress") acknowledged = true;
      // The first answer was lost, and perhaps with it what this connection should have seen.
      if (type === "acknowledgment" && frame["duplicate"] === true) mustSubscribe = true;
      if (type === "subscribed") {
        takePage(frame);
        if (frame["more"] !== true) takeHeld();
        if (frame["outcome"] !== undefined) ended = true;
      } else if (type === "error" && frame["final"] !== true) {
        takeHeld();
      } else if (asking) {
        held.push(frame);
      } else {
        takeLive(frame);
      }
    },
    disconnected() {
      mustSubscribe = true;
      takeHeld();
    },
  };
}
