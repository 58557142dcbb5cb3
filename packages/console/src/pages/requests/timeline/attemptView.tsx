import type { CSSProperties, ReactElement } from "react";
import { Badge, durationText, Icon, sentence } from "../../../ui/index.ts";
import { HOP_TEXTS, waitText } from "./hopText.ts";
import { percentOf } from "./layout.ts";
import type { AttemptLayout, Lane, Mark, Span } from "./layout.ts";

export interface AttemptViewProps {
  readonly layout: AttemptLayout;
  /** When the request's first hop was. */
  readonly origin: number;
}

/** One attempt as a waterfall: a line for each hop, on one scale. */
export function AttemptView({ layout, origin }: AttemptViewProps): ReactElement {
  const { attempt, work, open, trouble } = layout;
  return (
    <section className="timeline-attempt" aria-label={attempt === undefined ? "Before a worker" : `Attempt ${attempt}`}>
      <header className="row row-between small">
        <div className="row">
          <h3>{attempt === undefined ? "Before a worker" : `Attempt ${attempt}`}</h3>
          {open && <Badge tone="accent">Running</Badge>}
          {trouble !== undefined && <Badge tone="bad">Trouble</Badge>}
        </div>
        <span className="muted number">
          {durationText(layout.endAt - layout.startAt)}
          {work !== undefined && ` · worker ${durationText(work.endAt - work.startAt)}`}
        </span>
      </header>
      <ol className="timeline-lanes">
        {layout.lanes.map((lane) => (
          <LaneView key={lane.hop} lane={lane} scale={layout} origin={origin} />
        ))}
      </ol>
      {layout.gaps.length > 0 && (
        <div className="timeline-lane timeline-gap-lane">
          <span className="timeline-name small muted">Waits</span>
          <ul className="timeline-track timeline-gaps">
            {layout.gaps.map((gap) => (
              <li key={gap.startAt} style={placeOf(gap, layout)} title={`${durationText(gap.endAt - gap.startAt)} ${waitText(gap.before)}`}>
                <span className="number">{durationText(gap.endAt - gap.startAt)}</span> <span>{waitText(gap.before)}</span>
              </li>
            ))}
          </ul>
          <span />
        </div>
      )}
      {trouble !== undefined && (
        <p className="timeline-trouble small">
          <Icon name="warning" />
          <span>{sentence(trouble)}</span>
        </p>
      )}
    </section>
  );
}

function LaneView({ lane, scale, origin }: { readonly lane: Lane; readonly scale: Span; readonly origin: number }): ReactElement {
  const { name, does } = HOP_TEXTS[lane.hop];
  const spanMs = lane.endAt - lane.startAt;
  const offset = `+${durationText(lane.startAt - origin)}`;
  return (
    <li className="timeline-lane" data-hop={lane.hop} data-trouble={lane.trouble !== undefined}>
      <span className="timeline-name" title={`${name} ${does}`}>
        {name}
        {lane.marks.length > 1 && <span className="timeline-count number"> ×{lane.marks.length}</span>}
        {lane.trouble !== undefined && <span className="hidden">, with trouble</span>}
      </span>
      <span className="timeline-track" aria-hidden="true">
        {/* A line from the first to the last of many. */}
        {lane.marks.length > 1 && <span className="timeline-reach" style={placeOf(lane, scale)} />}
        {lane.marks.map((mark, index) => (
          // Marks are only ever added at the end.
          <span key={index} className="timeline-mark" data-open={lane.open} data-trouble={mark.trouble !== undefined} style={placeOf(mark, scale)} title={titleOf(mark)} />
        ))}
      </span>
      <span className="timeline-times number small">
        <span title="Since the request came">{offset}</span>
        <span className="muted" title={spanMs > 0 ? "How long" : "Since the hop before"}>
          {spanMs > 0 ? durationText(spanMs) : lane.sinceBeforeMs === undefined ? "" : `Δ ${durationText(lane.sinceBeforeMs)}`}
        </span>
      </span>
    </li>
  );
}

function titleOf({ what, startAt, endAt, trouble }: Mark): string {
  return [what, endAt > startAt ? durationText(endAt - startAt) : "", trouble ?? ""].filter((part) => part !== "").join(" · ");
}

function placeOf(span: Span, scale: Span): CSSProperties {
  const left = percentOf(span.startAt, scale);
  return { left: `${left}%`, width: `${percentOf(span.endAt, scale) - left}%` };
}
