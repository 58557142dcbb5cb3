/** A frame as it came. */
export type Frame = Readonly<Record<string, unknown>>;

/** What became of what one process sent, counted by request id. Times in ms. */
export interface Tally {
  readonly connectMs: readonly number[];
  readonly echoes: Outcomes;
  readonly works: Outcomes;
  readonly ackMs: readonly number[];
  readonly firstUpdateMs: readonly number[];
  /** Ids of the works that were sent, for the comparison with what the workers wrote. */
  readonly workIds: readonly string[];
  readonly updates: number;
  /** Updates whose `previous` was not the last that had come: a client of ours would ask for what is between. */
  readonly updatesOutOfLine: number;
  /** Frames of the gateway in place of the router's answer, as when that took too long: of which request they do not say. */
  readonly gatewayFrames: number;
  /** Frames about nothing that was sent. */
  readonly strays: number;
  /** How often each code came as the answer, or the end. */
  readonly codes: Readonly<Record<string, number>>;
}

export interface Outcomes {
  readonly sent: number;
  /** Succeeded, each counted once. */
  readonly succeeded: number;
  /** Ended otherwise: an error, a cancellation. */
  readonly failed: number;
  /** Neither: nothing came. */
  readonly unanswered: number;
  /** Answers beyond the first of each, and of work also acknowledgments beyond the first. */
  readonly doubled: number;
  /** From sending to the answer; of work to its end. */
  readonly latencyMs: readonly number[];
}

export interface Tallying {
  connected(ms: number): void;
  sent(id: string, kind: "echo" | "work"): void;
  came(frame: Frame): void;
  /** Echoes that wait for their answer, and works that wait for their acknowledgment or a refusal. */
  readonly unheard: number;
  /** What has not come to its end. */
  readonly open: number;
  tally(): Tally;
}

interface Entry {
  readonly kind: "echo" | "work";
  readonly sentAt: number;
  acknowledged: boolean;
  ended: boolean;
  lastSequence: number;
}

/** @param now a monotonic clock, in ms. */
export function createTallying(now: () => number): Tallying {
  const entries = new Map<string, Entry>();
  const connectMs: number[] = [];
  const ackMs: number[] = [];
  const firstUpdateMs: number[] = [];
  const outcomes = { echo: newOutcomes(), work: newOutcomes() };
  const codes: Record<string, number> = {};
  let [unheard, open, updates, updatesOutOfLine, gatewayFrames, strays] = [0, 0, 0, 0, 0, 0];

  const acknowledge = (entry: Entry): void => {
    if (entry.kind === "echo" || entry.acknowledged) return;
    entry.acknowledged = true;
    unheard -= 1;
    ackMs.push(round(now() - entry.sentAt));
  };
  const end = (entry: Entry, succeeded: boolean): void => {
    const outcome = outcomes[entry.kind];
    if (entry.ended) return void (outcome.doubled += 1);
    entry.ended = true;
    open -= 1;
    if (entry.kind === "echo") unheard -= 1;
    // An end may overtake the acknowledgment, and implies it; the acknowledgment's own time is then not known yet.
    if (succeeded) {
      outcome.succeeded += 1;
      outcome.latencyMs.push(round(now() - entry.sentAt));
    } else outcome.failed += 1;
  };
  const update = (entry: Entry, frame: Frame): void => {
    updates += 1;
    if (entry.lastSequence === 0) firstUpdateMs.push(round(now() - entry.sentAt));
    if (frame["previous"] !== entry.lastSequence) updatesOutOfLine += 1;
    entry.lastSequence = Number(frame["sequence"]);
  };
  const failed = (entry: Entry, frame: Frame): void => {
    const { code = "none" } = (frame["error"] ?? {}) as { readonly code?: string };
    codes[code] = (codes[code] ?? 0) + 1;
    if (entry.kind === "work" && !entry.acknowledged) {
      entry.acknowledged = true;
      unheard -= 1;
    }
    end(entry, false);
  };

  return {
    connected: (ms) => void connectMs.push(round(ms)),
    sent(id, kind) {
      entries.set(id, { kind, sentAt: now(), acknowledged: false, ended: false, lastSequence: 0 });
      outcomes[kind].sent += 1;
      open += 1;
      unheard += 1;
    },
    came(frame) {
      if (frame["type"] === undefined && "connectionId" in frame) return void (gatewayFrames += 1);
      const entry = entries.get(String(frame["request_id"]));
      if (entry === undefined) return void (strays += 1);
      switch (frame["type"]) {
        case "acknowledgment":
          if (entry.acknowledged) outcomes.work.doubled += 1;
          return acknowledge(entry);
        case "progress":
          return update(entry, frame);
        case "response":
          return frame["success"] === true ? end(entry, true) : failed(entry, frame);
        case "complete":
          return end(entry, true);
        case "error":
        case "cancelled":
          return failed(entry, frame);
        default:
          strays += 1;
      }
    },
    get unheard() {
      return unheard;
    },
    get open() {
      return open;
    },
    tally() {
      const ofKind = (kind: Entry["kind"]): Outcomes => {
        const { sent, succeeded, failed: failures, doubled, latencyMs } = outcomes[kind];
        return { sent, succeeded, failed: failures, unanswered: sent - succeeded - failures, doubled, latencyMs };
      };
      const workIds = [...entries].filter(([, { kind }]) => kind === "work").map(([id]) => id);
      return {
        connectMs,
        echoes: ofKind("echo"),
        works: ofKind("work"),
        ackMs,
        firstUpdateMs,
        workIds,
        updates,
        updatesOutOfLine,
        gatewayFrames,
        strays,
        codes,
      };
    },
  };
}

function newOutcomes() {
  return { sent: 0, succeeded: 0, failed: 0, doubled: 0, latencyMs: [] as number[] };
}

/** Tenths of a ms are as much as a busy machine can tell. */
function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** Of several processes together. */
export function addTallies(tallies: readonly Tally[]): Tally {
  const all = <Item>(pick: (tally: Tally) => readonly Item[]): readonly Item[] => tallies.flatMap(pick);
  const total = (pick: (tally: Tally) => number): number => tallies.reduce((sum, tally) => sum + pick(tally), 0);
  const outcomes = (pick: (tally: Tally) => Outcomes): Outcomes => ({
    sent: total((tally) => pick(tally).sent),
    succeeded: total((tally) => pick(tally).succeeded),
    failed: total((tally) => pick(tally).failed),
    unanswered: total((tally) => pick(tally).unanswered),
    doubled: total((tally) => pick(tally).doubled),
    latencyMs: all((tally) => pick(tally).latencyMs),
  });
  const codes: Record<string, number> = {};
  for (const tally of tallies) for (const [code, count] of Object.entries(tally.codes)) codes[code] = (codes[code] ?? 0) + count;
  return {
    connectMs: all((tally) => tally.connectMs),
    echoes: outcomes((tally) => tally.echoes),
    works: outcomes((tally) => tally.works),
    ackMs: all((tally) => tally.ackMs),
    firstUpdateMs: all((tally) => tally.firstUpdateMs),
    workIds: all((tally) => tally.workIds),
    updates: total((tally) => tally.updates),
    updatesOutOfLine: total((tally) => tally.updatesOutOfLine),
    gatewayFrames: total((tally) => tally.gatewayFrames),
    strays: total((tally) => tally.strays),
    codes,
  };
}
