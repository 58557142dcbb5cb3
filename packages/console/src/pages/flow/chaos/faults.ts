import type { ChaosChange, ChaosView } from "../../../contract.ts";

export interface Fault {
  readonly kind: string;
  readonly title: string;
  /** The share of occasions, 0 to 1, of a rough day: a setting of its own here, as the page's presets are no part of the stack. */
  readonly roughRate: number;
}

export interface FaultGroup {
  readonly title: string;
  readonly where: string;
  readonly faults: readonly Fault[];
}

const fault = (kind: string, title: string, roughRate: number): Fault => ({ kind, title, roughRate });

const GROUPS: readonly FaultGroup[] = [
  {
    title: "Records",
    where: "From the table into the pipe",
    faults: [
      fault("record_duplicated", "Duplicated", 0.05),
      fault("record_delayed", "Delayed", 0.05),
      fault("record_reordered", "Reordered", 0.05),
      fault("record_dropped", "Dropped", 0.02),
    ],
  },
  {
    title: "Events",
    where: "From the bus to a queue",
    faults: [
      fault("event_duplicated", "Duplicated", 0.05),
      fault("event_delayed", "Delayed", 0.05),
      fault("event_dropped", "Dropped", 0.02),
    ],
  },
  {
    title: "Messages",
    where: "From a queue to a worker",
    faults: [
      fault("message_duplicated", "Duplicated", 0.05),
      fault("message_delayed", "Delayed", 0.05),
      fault("message_dropped", "Dropped", 0.02),
    ],
  },
  {
    title: "Sandboxes",
    where: "The processes that functions run in",
    faults: [fault("sandbox_killed", "Killed at work", 0.05), fault("sandbox_crashed_at_start", "Crashed at start", 0.05)],
  },
  {
    title: "Calls",
    where: "From functions to DynamoDB, SQS, S3, EventBridge",
    faults: [fault("call_throttled", "Throttled", 0.02), fault("call_failed", "Failed", 0.02), fault("answer_lost", "Answer lost", 0.02)],
  },
  {
    title: "Posts",
    where: "From functions to clients",
    faults: [
      fault("post_gone", "Gone", 0.01),
      fault("post_throttled", "Throttled", 0.03),
      fault("post_slow", "Slow", 0.05),
      fault("post_failed", "Failed", 0.01),
    ],
  },
  { title: "Sockets", where: "Clients' connections", faults: [fault("socket_cut", "Cut", 0.01)] },
];

/** A storm is a rough day this many times over. */
const STORM_FACTOR = 4;

/** Groups of all faults that this stack has. What this page has no name for stands in the last one, under its own. */
export function groupsOf({ rates }: Pick<ChaosView, "rates">): readonly FaultGroup[] {
  const known = new Set(GROUPS.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  const others = Object.keys(rates).filter((kind) => !known.has(kind));
  if (others.length === 0) return GROUPS;
  return [...GROUPS, { title: "Others", where: "New in this stack", faults: others.map((kind) => fault(kind, kind, 0)) }];
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

function ratesOf(view: ChaosView, factor: number): Readonly<Record<string, number>> {
  const faults = groupsOf(view).flatMap((group) => group.faults);
  return Object.fromEntries(faults.map(({ kind, roughRate }) => [kind, Math.round(roughRate * factor * 1_000) / 1_000]));
}

function sameRates(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): boolean {
  const kinds = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...kinds].every((kind) => Math.abs((one[kind] ?? 0) - (other[kind] ?? 0)) < 1e-6);
}
