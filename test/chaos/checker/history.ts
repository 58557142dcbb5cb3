import type { EffectLine, Failure } from "../app/src/actions/work/behaviour.ts";

/** A frame as it came or went. */
export type Frame = Readonly<Record<string, unknown>>;

export interface TranscriptLine {
  /** Ms since 1970. */
  readonly at: number;
  readonly direction: "in" | "out" | "note";
  /** Exactly what crossed the wire; of a note, what happened to the socket. */
  readonly text: string;
}

/** Everything that one WebSocket carried. */
export interface Transcript {
  readonly connection: string;
  readonly tenant: string;
  readonly user: string;
  /** Of the calm after the storm: it must see everything, and nothing may fail on it. */
  readonly audit: boolean;
  readonly lines: readonly TranscriptLine[];
}

export interface RequestKey {
  readonly tenant: string;
  readonly requestId: string;
}

/** A request that a client wanted. */
export interface Wanted extends RequestKey {
  readonly user: string;
  /** Stands in its payload, progress and result. */
  readonly mark: string;
  readonly failure: Failure;
  readonly failingAttempts: number;
  /** How often the action may be tried. */
  readonly attempts: number;
}

/** A request as the table has it, decoded by the harness. */
export interface StoredItem extends RequestKey {
  readonly user: string;
  readonly status: string;
  readonly attempt: number;
  readonly uncountedAttempts: number;
  readonly errorCode: string | undefined;
  /** JSON text; `undefined` when there is none or it is not in the table. */
  readonly result: string | undefined;
}

/** A progress update or chunk as the table has it. */
export interface StoredUpdate extends RequestKey {
  readonly sequence: number;
  readonly previous: number;
  readonly attempt: number;
  readonly percentage: number | undefined;
}

/** A change of a request's status, by the table's own stream, in its order. */
export interface StreamChange extends RequestKey {
  /** `undefined` for the item's first image. */
  readonly from: string | undefined;
  /** `undefined` when the item was removed. */
  readonly to: string | undefined;
  readonly attempt: number;
}

/** What is left of a run: written by nobody the checker would have to trust but the handlers, the wire and the table itself. */
export interface History {
  readonly wanted: readonly Wanted[];
  readonly items: readonly StoredItem[];
  readonly updates: readonly StoredUpdate[];
  readonly changes: readonly StreamChange[];
  readonly transcripts: readonly Transcript[];
  /** In the order in which they were appended. */
  readonly effects: readonly EffectLine[];
}

export type Invariant =
  | "acknowledged requests end"
  | "a request is settled once"
  | "an ended request stays ended"
  | "attempts start once"
  | "attempts are bounded"
  | "an outcome has its cause"
  | "a done effect never runs again"
  | "runs of an effect never overlap"
  | "an acknowledgment is not given twice"
  | "foreign requests are not found"
  | "nobody reads another's"
  | "sequences rise"
  | "attempts never fall"
  | "percentages never fall"
  | "what is sent is stored"
  | "a replay has no hole"
  | "the terminal message is last"
  | "the terminal message is the table's"
  | "a watcher to the end sees all";

export interface Violation {
  readonly invariant: Invariant;
  readonly request: RequestKey | undefined;
  readonly problem: string;
}

export const TERMINAL_STATUSES: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

/** Two tenants may use one id. A tenant's name has no slash here. */
export function nameOf({ tenant, requestId }: RequestKey): string {
  return `${tenant}/${requestId}`;
}

export function groupBy<Item>(items: readonly Item[], name: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  return Map.groupBy(items, name);
}

export function parseFrame(text: string): Frame {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? (value as Frame) : {};
}

export function violation(invariant: Invariant, request: RequestKey | undefined, problem: string): Violation {
  return {
    invariant,
    request: request === undefined ? undefined : { tenant: request.tenant, requestId: request.requestId },
    problem,
  };
}

/** What a client puts into its requests, and nobody else may read. */
export function markOf({ tenant, requestId }: RequestKey, user: string): string {
  return `<<${tenant}.${user}.${requestId}>>`;
}

export function marksIn(text: string): readonly string[] {
  return text.match(/<<[^<>]+>>/g) ?? [];
}

export function isOwnMark(mark: string, { tenant, user }: { readonly tenant: string; readonly user: string }): boolean {
  return mark.startsWith(`<<${tenant}.${user}.`);
}
