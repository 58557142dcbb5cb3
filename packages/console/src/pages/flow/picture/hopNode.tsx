import type { ReactElement } from "react";
import { countText, durationText } from "../../../ui/index.ts";
import type { FlowView, HopName } from "../../../contract.ts";
import { HOP_TITLES } from "../hopTitles.ts";
import { rateText } from "../rateText.ts";
import type { Box } from "./layout.ts";

export interface HopNodeProps {
  readonly hop: HopName;
  readonly box: Box;
  readonly figures: FlowView["hops"][number] | undefined;
  /** Messages that this hop has given up. */
  readonly deadLetters: number;
}

export function HopNode({ hop, box, figures, deadLetters }: HopNodeProps): ReactElement {
  const { title, what } = HOP_TITLES[hop];
  const { total = 0, perSecond = 0, inFlight = 0, p50Ms, p95Ms } = figures ?? {};
  return (
    <li className="flow-node" data-busy={inFlight > 0 || perSecond > 0} style={placeOf(box)}>
      <div className="flow-node-name">
        <span className="flow-node-title">{title}</span>
        <span className="flow-node-what">{what}</span>
      </div>
      <div className="flow-node-counts number">
        <span className="flow-node-total">
          {countText(total)}
          <span className="hidden"> in all, </span>
        </span>
        <span className="flow-node-rate">{rateText(perSecond)}</span>
      </div>
      <div className="flow-node-latency number">
        {p50Ms !== undefined && (
          <span>
            <abbr title="Half took this long or less, from the hop before it">p50</abbr> {durationText(p50Ms)}
          </span>
        )}
        {p95Ms !== undefined && (
          <span>
            <abbr title="95 of 100 took this long or less, from the hop before it">p95</abbr> {durationText(p95Ms)}
          </span>
        )}
      </div>
      {(inFlight > 0 || deadLetters > 0) && (
        <div className="flow-node-marks number">
          {inFlight > 0 && <span className="flow-mark">{countText(inFlight)} in it</span>}
          {deadLetters > 0 && (
            <a className="flow-mark" data-tone="bad" href="#/dead-letters">
              {countText(deadLetters)} dead
            </a>
          )}
        </div>
      )}
    </li>
  );
}

export function placeOf({ x, y, width, height }: Box): { left: number; top: number; width: number; height: number } {
  return { left: x, top: y, width, height };
}
