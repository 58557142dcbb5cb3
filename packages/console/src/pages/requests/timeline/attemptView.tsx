import type { CSSProperties, ReactElement } from "react";
import { Badge, durationText, Icon } from "../../../ui/index.ts";
import { exactText, HOP_TEXTS, waitText } from "./hopText.ts";
import { percentOf } from "./layout.ts";
import type { AttemptLayout, Lane, Mark, Span } from "./layout.ts";

export interface AttemptViewProps {
  readonly layout: AttemptLayout;
  /** When the request's first hop was. */
  readonly origin: number;
}

/** One attempt as a waterfall: a line for each hop, on one scale. */
export function AttemptView({ layout, origin }: AttemptViewProps): ReactElement {
  const { attempt, work, open, failed, troubles } = layout;
  return (
    <section className="timeline-attempt" aria-label={attempt === undefined ? "Before a worker" : `Attempt ${attempt}`}>
      <header className="row row-between small">
        <div className="row">
          <h3>{attempt === undefined ? "Before a worker" : `Attempt ${attempt}`}</h3>
          {open && <Badge tone="accent">Running</Badge>}
          {failed && <Badge tone="bad">Failed</Badge>}
        </div>
        <span className="muted number">
          {durationText(layout.endAt - layout.startAt)}
          {work !== undefined && ` · worker ${durationText(work.endAt - work.startAt)}`}
        </span>
      </header>
      <ol className="timeline-lanes">
        {layout.lanes.map((lane) => (
          <LaneView key={lane.hop} lane={lane} failed={failed && lane.hop === "worker"} scale={layout} origin={origin} />
        ))}
      </ol>
      <Gaps layout={layout} />
      {troubles.map(({ hop, text }) => (
        <p key={`${hop} ${text}`} className="timeline-trouble small">
          <Icon name="warning" />
          <span>
            {HOP_TEXTS[hop].name}: {text}
          </span>
        </p>
      ))}
    </section>
  );
}

/** Where nothing was seen to happen, and why not. */
function Gaps({ layout }: { readonly layout: AttemptLayout }): ReactElement | null {
  if (layout.gaps.length === 0) return null;
  return (
    <div className="timeline-lane timeline-gaps small muted">
      <span>Waits</span>
      <div>
        <div className="timeline-gap-track" aria-hidden="true">
          {layout.gaps.map((gap) => (
            <span key={gap.startAt} style={placeOf(gap, layout)} />
          ))}
        </div>
        <ul>
          {layout.gaps.map((gap) => (
            <li key={gap.startAt}>
              <span className="number">{durationText(gap.endAt - gap.startAt)}</span> {waitText(gap.before)}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

interface LaneViewProps {
  readonly lane: Lane;
  /** Its work came to no good end. */
  readonly failed: boolean;
  readonly scale: Span;
  readonly origin: number;
}

function LaneView({ lane, failed, scale, origin }: LaneViewProps): ReactElement {
  const { name, does } = HOP_TEXTS[lane.hop];
  // Of one thing; many of them lie apart, and their reach is no duration.
  const lastedMs = lane.marks.length === 1 ? lane.endAt - lane.startAt : 0;
  const offset = `+${exactText(lane.startAt - origin)}`;
  return (
    <li className="timeline-lane" data-hop={lane.hop} data-trouble={failed || lane.trouble !== undefined}>
      <span className="timeline-name" title={`${name} ${does}`}>
        {name}
        {lane.marks.length > 1 && <span className="timeline-count number"> ×{lane.marks.length}</span>}
        {(failed || lane.trouble !== undefined) && <span className="hidden">, with trouble</span>}
      </span>
      <span className="timeline-track" aria-hidden="true">
        {/* A line from the first to the last of many. */}
        {lane.marks.length > 1 && <span className="timeline-reach" style={placeOf(lane, scale)} />}
        {lane.marks.map((mark, index) => (
          // Marks are only ever added at the end.
          <span
            key={index}
            className="timeline-mark"
            data-open={lane.open}
            data-trouble={failed || mark.trouble !== undefined}
            style={placeOf(mark, scale)}
            title={titleOf(mark)}
          />
        ))}
      </span>
      <span className="timeline-times number small">
        <span title="Since the request came">{offset}</span>
        <span className="muted" title={lastedMs > 0 ? "How long it took" : "Since the line above"}>
          {lastedMs > 0 ? exactText(lastedMs) : lane.sinceBeforeMs === undefined ? "" : `Δ ${exactText(lane.sinceBeforeMs)}`}
        </span>
      </span>
    </li>
  );
}

function titleOf({ what, startAt, endAt, trouble }: Mark): string {
  return [what, endAt > startAt ? exactText(endAt - startAt) : "", trouble ?? ""].filter((part) => part !== "").join(" · ");
}

function placeOf(span: Span, scale: Span): CSSProperties {
  const left = percentOf(span.startAt, scale);
  return { left: `${left}%`, width: `${percentOf(span.endAt, scale) - left}%` };
}
