import { isDeepStrictEqual } from "node:util";
import { violation } from "./history.ts";
import type { Frame, Invariant, RequestKey, StoredItem, StoredUpdate, Violation } from "./history.ts";

/** What the table holds of one request. */
export interface Truth {
  readonly request: RequestKey;
  readonly item: StoredItem | undefined;
  readonly stored: ReadonlyMap<number, StoredUpdate>;
  readonly line: readonly StoredUpdate[];
}

/** What one connection saw of one request, read by the rules that PROTOCOL.md gives to clients. */
export interface Watcher {
  /** The client sent or asked: from here on it watches, having everything up to `after`. */
  began(after: number): void;
  asked(after: number): void;
  received(frame: Frame): void;
  /** Nothing more comes on this connection. */
  finished(): void;
  readonly violations: readonly Violation[];
  /** It had the terminal message after a replay: it must have seen all. */
  readonly sawTheEnd: boolean;
  /** It had the terminal message live, and not the last update before it. */
  readonly missedTheTail: boolean;
}

export function createWatcher(truth: Truth, where: string): Watcher {
  const violations: Violation[] = [];
  const asks: number[] = [];
  /** While it asks, what arrives live is held until the replay is whole. */
  let asking = false;
  const held: Frame[] = [];
  const percentages = new Map<number, number>();
  const seen = new Set<number>();
  const gaps: (readonly [from: number, to: number])[] = [];
  let start: number | undefined;
  let last = 0;
  let attempt = 0;
  let ended: Frame | undefined;
  let endedByReplay = false;

  const report = (invariant: Invariant, problem: string): void => {
    violations.push(violation(invariant, truth.request, `${problem} (${where})`));
  };

  /** Rule 3 of the protocol: what is older than what one has is not looked at. Rule 4: what follows on something unknown is asked for again. */
  const take = (update: Frame, live: boolean): void => {
    const sequence = Number(update["sequence"]);
    const previous = Number(update["previous"]);
    const of = Number(update["attempt"]);
    const stored = truth.stored.get(sequence);
    if (stored === undefined || stored.previous !== previous || stored.attempt !== of) {
      const has = stored === undefined ? "nothing" : `previous ${stored.previous}, attempt ${stored.attempt}`;
      report("what is sent is stored", `Update ${sequence} (previous ${previous}, attempt ${of}) was sent; the table has ${has}.`);
    }
    if (Math.floor(sequence / 1_000_000) !== of) report("attempts never fall", `Update ${sequence} says it is of attempt ${of}.`);
    if (of < attempt || sequence <= last || (live && previous > last)) return;
    if (ended !== undefined) report("the terminal message is last", `Update ${sequence} came after ${String(ended["type"])}.`);
    const percentage = update["percentage"];
    const before = percentages.get(of) ?? 0;
    if (typeof percentage === "number") {
      if (percentage < before) report("percentages never fall", `${percentage} % came after ${before} % in attempt ${of}.`);
      percentages.set(of, Math.max(before, percentage));
    }
    seen.add(sequence);
    last = sequence;
    attempt = of;
  };

  /** The question that a page answers: of several under way, the latest that it can be an answer to. */
  const askOf = (updates: readonly Frame[]): number => {
    const first = Number(updates[0]?.["sequence"] ?? Number.POSITIVE_INFINITY);
    const fitting = asks.filter((ask) => ask < first);
    return fitting.length > 0 ? Math.max(...fitting) : Math.min(...asks);
  };

  const takePage = (page: Frame): void => {
    const updates = (page["updates"] ?? []) as readonly Frame[];
    const after = askOf(updates);
    let before = after;
    for (const update of updates) {
      const sequence = Number(update["sequence"]);
      if (sequence <= before) report("sequences rise", `A replay after ${after} has ${sequence} after ${before}.`);
      if (Number(update["previous"]) > before) {
        const problem = `A replay after ${after} has ${sequence}, which follows on ${String(update["previous"])}, after ${before}.`;
        report("a replay has no hole", problem);
      }
      before = sequence;
      take(update, false);
    }
  };

  /** What came live before the page is older than the outcome in it. */
  const takeOutcome = (outcome: Frame): void => {
    endedByReplay = true;
    end(outcome);
    const missing = truth.line.filter(
      ({ sequence }) => sequence > (start ?? 0) && !seen.has(sequence) && !gaps.some(([from, to]) => sequence >= from && sequence <= to),
    );
    if (missing.length > 0) {
      const list = missing.map(({ sequence }) => sequence).join(", ");
      report("a watcher to the end sees all", `It has watched since ${start ?? 0}, has the outcome, and never saw ${list}.`);
    }
  };

  const end = (outcome: Frame): void => {
    const problem = difference(outcome, truth.item);
    if (problem !== undefined) report("the terminal message is the table's", problem);
    // Rule 4: it names an update that is missing, and is not taken before that one came.
    if (Number(outcome["last_sequence"] ?? 0) <= last) ended ??= outcome;
  };

  const takeLive = (frame: Frame): void => {
    switch (frame["type"]) {
      case "progress":
      case "chunk":
        return take(frame, true);
      case "gap":
        gaps.push([Number(frame["from"]), Number(frame["to"])]);
        last = Math.max(last, Number(frame["to"]));
        return;
      case "status":
        if (ended !== undefined && Number(frame["attempt"]) >= attempt)
          report("the terminal message is last", `Status ${String(frame["status"])} came after ${String(ended["type"])}.`);
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

  const takeHeld = (): void => {
    asking = false;
    for (const frame of held.splice(0)) takeLive(frame);
  };

  return {
    violations,
    began(after) {
      start ??= after;
      last = Math.max(last, after);
    },
    asked(after) {
      asks.push(after);
      asking = true;
      start ??= after;
      last = Math.max(last, after);
    },
    received(frame) {
      if (frame["type"] === "subscribed") {
        takePage(frame);
        if (frame["more"] !== true) takeHeld();
        if (frame["outcome"] !== undefined) takeOutcome(frame["outcome"] as Frame);
      } else if (frame["type"] === "error" && frame["final"] !== true) {
        takeHeld();
      } else if (asking) {
        held.push(frame);
      } else {
        takeLive(frame);
      }
    },
    finished: takeHeld,
    get sawTheEnd() {
      return endedByReplay;
    },
    get missedTheTail() {
      return ended !== undefined && !endedByReplay && last < (truth.line.at(-1)?.sequence ?? 0);
    },
  };
}

const STATUS_OF: Readonly<Record<string, string>> = { complete: "completed", cancelled: "cancelled", error: "failed" };

/** In what a terminal message differs from the table. */
function difference(outcome: Frame, item: StoredItem | undefined): string | undefined {
  const status = STATUS_OF[String(outcome["type"])];
  if (item === undefined || item.status !== status)
    return `It was told ${String(outcome["type"])}; the table has ${item?.status ?? "nothing"}.`;
  if (status === "failed") {
    const code = (outcome["error"] as Frame | undefined)?.["code"];
    return code === item.errorCode ? undefined : `It was told ${String(code)}; the table has ${item.errorCode}.`;
  }
  if (status === "completed" && item.result !== undefined) {
    const result = outcome["result"] as Frame | undefined;
    // A result that travels by reference is not on the wire.
    if (result !== undefined && "data" in result && !isDeepStrictEqual(result["data"], JSON.parse(item.result)))
      return "The result it was told is not the table's.";
  }
  return undefined;
}
