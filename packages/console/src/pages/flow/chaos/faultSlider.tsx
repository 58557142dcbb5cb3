import { useId } from "react";
import type { CSSProperties, ReactElement } from "react";
import { countText } from "../../../ui/index.ts";
import { LAST_STOP, rateAt, shareText, stopOf } from "./rateStops.ts";

export interface FaultSliderProps {
  readonly title: string;
  readonly rate: number;
  /** How often it was injected. */
  readonly count: number;
  readonly onRate: (rate: number) => void;
}

export function FaultSlider({ title, rate, count, onRate }: FaultSliderProps): ReactElement {
  const id = useId();
  const stop = stopOf(rate);
  // A property of its own, which CSS reads.
  const filled = { "--chaos-filled": `${(stop / LAST_STOP) * 100}%` } as CSSProperties;
  return (
    <div className="chaos-fault">
      <label htmlFor={id}>{title}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={LAST_STOP}
        value={stop}
        style={filled}
        aria-valuetext={shareText(rate)}
        onChange={(event) => onRate(rateAt(event.target.valueAsNumber))}
      />
      <span className="number chaos-rate" aria-hidden="true">
        {shareText(rate)}
      </span>
      <span className="number chaos-count" data-some={count > 0}>
        {countText(count)}
        <span className="hidden"> injected</span>
      </span>
    </div>
  );
}
