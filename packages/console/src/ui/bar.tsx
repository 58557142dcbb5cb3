import type { ReactElement } from "react";
import type { Tone } from "./badge.tsx";
import "./bar.css";

export interface BarProps {
  /** What it is the bar of, for whoever listens. */
  readonly label: string;
  /** 0 to 100. */
  readonly percentage: number;
  readonly tone?: Tone;
  /** Something is under way. */
  readonly busy?: boolean;
  /** What is shown may be behind the truth. */
  readonly stale?: boolean;
  readonly size?: "normal" | "small";
}

export function Bar({ label, percentage, tone = "accent", busy = false, stale = false, size = "normal" }: BarProps): ReactElement {
  return (
    <div
      className="bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percentage)}
      data-tone={tone}
      data-busy={busy}
      data-stale={stale}
      data-size={size}
    >
      <div className="bar-fill" style={{ width: `${percentage}%` }} />
    </div>
  );
}
