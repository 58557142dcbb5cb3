import type { ReactElement } from "react";

const TONES: Readonly<Record<string, string>> = { completed: "good", retrying: "warn", cancelled: "warn", failed: "bad" };

export interface StatusBadgeProps {
  readonly status: string;
  /** Whether there may be news that is not here yet. */
  readonly stale?: boolean;
}

export function StatusBadge({ status, stale = false }: StatusBadgeProps): ReactElement {
  return (
    <span className="badge" data-tone={TONES[status]}>
      {status}
      {stale && ", reconnecting …"}
    </span>
  );
}
