/** `skip`: it was not looked at, and `seen` says why. */
export type FindingStatus = "ok" | "warn" | "fail" | "skip";

/** One row of what the doctor says. */
export interface Finding {
  /** What was looked at, in a few words. */
  readonly name: string;
  readonly status: FindingStatus;
  /** With the values. Never a token, a key, a payload or a result. */
  readonly seen: string;
  /** What to do. Always there when something fails. */
  readonly advice?: string;
  /** Where it is told in full. */
  readonly runbook?: Runbook;
}

/** Pages of packages/docs/runbooks, without `.md`. */
export const RUNBOOKS = [
  "auth-failures",
  "backlog",
  "dead-letters",
  "error-rate",
  "failed-requests",
  "gateway",
  "pipe",
  "requests-not-processed",
  "sweeper",
] as const;

export type Runbook = (typeof RUNBOOKS)[number];

/** One thing to look at. What goes wrong with it stays with it. */
export interface Check {
  readonly name: string;
  /** What to do when it cannot be looked at: the part does not answer, or not in time. */
  readonly advice: string;
  readonly runbook?: Runbook;
  /** Default 10 seconds. */
  readonly timeoutMs?: number;
  /** Must stop at the signal. */
  readonly run: (signal: AbortSignal) => Promise<Finding | readonly Finding[]>;
}

/** A check that cannot be done since something else is not there: that fails by itself, and is not told twice. */
export class NotCheckableError extends Error {
  override readonly name = "NotCheckableError";
}

type Told = Pick<Finding, "advice"> & { readonly runbook?: Runbook | undefined };

export function ok(name: string, seen: string): Finding {
  return { name, status: "ok", seen };
}

export function warn(name: string, seen: string, advice: string, runbook?: Runbook): Finding {
  return told({ name, status: "warn", seen }, { advice, runbook });
}

export function fail(name: string, seen: string, advice: string, runbook?: Runbook): Finding {
  return told({ name, status: "fail", seen }, { advice, runbook });
}

export function skip(name: string, seen: string, advice?: string): Finding {
  return told({ name, status: "skip", seen }, advice === undefined ? {} : { advice });
}

function told(finding: Finding, { advice, runbook }: Told): Finding {
  return { ...finding, ...(advice === undefined ? {} : { advice }), ...(runbook === undefined ? {} : { runbook }) };
}
