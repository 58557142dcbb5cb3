import type { ChaosChange, ChaosView } from "../../../contract.ts";

export interface Fault {
  readonly kind: string;
  readonly title: string;
}

export interface FaultGroup {
  readonly title: string;
  readonly where: string;
  readonly faults: readonly Fault[];
}

const GROUPS: readonly FaultGroup[] = [
  groupOf("Records", "From the table into the pipe", {
    record_duplicated: "Duplicated",
    record_delayed: "Delayed",
    record_reordered: "Reordered",
    record_dropped: "Dropped",
  }),
  groupOf("Events", "From the bus to a queue", {
    event_duplicated: "Duplicated",
    event_delayed: "Delayed",
    event_dropped: "Dropped",
  }),
  groupOf("Messages", "From a queue to a worker", {
    message_duplicated: "Duplicated",
    message_delayed: "Delayed",
    message_dropped: "Dropped",
  }),
  groupOf("Sandboxes", "The processes that functions run in", {
    sandbox_killed: "Killed at work",
    sandbox_crashed_at_start: "Crashed at start",
  }),
  groupOf("Calls", "From functions to DynamoDB, SQS, S3, EventBridge", {
    call_throttled: "Throttled",
    call_failed: "Failed",
    answer_lost: "Answer lost",
  }),
  groupOf("Posts", "From functions to clients", {
    post_gone: "Gone",
    post_throttled: "Throttled",
    post_slow: "Slow",
    post_failed: "Failed",
  }),
  groupOf("Sockets", "Clients' connections", { socket_cut: "Cut" }),
];

/** A storm is a rough day this many times over. */
const STORM_FACTOR = 4;

/** Groups of all faults that this stack has. What this page has no name for stands in the last one, under its own. */
export function groupsOf({ rates }: Pick<ChaosView, "rates">): readonly FaultGroup[] {
  const known = new Set(GROUPS.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  const others = Object.keys(rates).filter((kind) => !known.has(kind));
  if (others.length === 0) return GROUPS;
  return [...GROUPS, { title: "Others", where: "New in this stack", faults: others.map((kind) => ({ kind, title: kind })) }];
}

export type PresetKey = "calm" | "rough" | "storm";

export interface Preset {
  readonly key: PresetKey;
  readonly title: string;
  readonly what: string;
  /** What it sends: every rate, so that none is left from before. */
  readonly changeFor: (view: ChaosView) => ChaosChange;
}

export const PRESETS: readonly Preset[] = [
  { key: "calm", title: "Calm", what: "Nothing goes wrong", changeFor: () => ({ on: false }) },
  {
    key: "rough",
    title: "Rough day",
    what: "Each promise is put to the test",
    changeFor: (view) => ({ on: true, rates: ratesOf(view, 1) }),
  },
  { key: "storm", title: "Storm", what: "Four times a rough day", changeFor: (view) => ({ on: true, rates: ratesOf(view, STORM_FACTOR) }) },
];

/** The preset that is set now; `undefined` when the rates are somebody's own. */
export function presetOf(view: ChaosView): PresetKey | undefined {
  if (!view.on) return "calm";
  return PRESETS.find(({ key, changeFor }) => key !== "calm" && sameRates(changeFor(view).rates ?? {}, view.rates))?.key;
}

/** What the master switch sends. Chaos that could do nothing becomes a rough day. */
export function switchChange(view: ChaosView, on: boolean): ChaosChange {
  const idle = Object.values(view.rates).every((rate) => rate === 0);
  return on && idle ? { on, rates: ratesOf(view, 1) } : { on };
}

/** How many faults were injected. */
export function injectedIn({ counts }: Pick<ChaosView, "counts">, faults: readonly Fault[]): number {
  return faults.reduce((total, { kind }) => total + (counts[kind] ?? 0), 0);
}

/** Of every kind of fault that the stack has, so that none is left from before. */
function ratesOf({ rates, roughRates }: Pick<ChaosView, "rates" | "roughRates">, factor: number): Readonly<Record<string, number>> {
  const rateOf = (kind: string): number => Math.min(1, Math.round((roughRates[kind] ?? 0) * factor * 1_000) / 1_000);
  return Object.fromEntries([...new Set([...Object.keys(rates), ...Object.keys(roughRates)])].map((kind) => [kind, rateOf(kind)]));
}

function sameRates(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): boolean {
  const kinds = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...kinds].every((kind) => Math.abs((one[kind] ?? 0) - (other[kind] ?? 0)) < 1e-6);
}

function groupOf(title: string, where: string, titles: Readonly<Record<string, string>>): FaultGroup {
  return { title, where, faults: Object.entries(titles).map(([kind, faultTitle]) => ({ kind, title: faultTitle })) };
}
