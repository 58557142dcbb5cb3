import { useMemo, useState } from "react";
import type { CSSProperties, ReactElement } from "react";
import type { RequestDetail } from "../../../contract.ts";
import { Card, durationText, EmptyState, Tabs } from "../../../ui/index.ts";
import { AttemptView } from "./attemptView.tsx";
import { HopTable } from "./hopTable.tsx";
import { percentOf, timelineOf } from "./layout.ts";
import type { Timeline } from "./layout.ts";
import "./timeline.css";

export interface TimelineViewProps {
  readonly request: RequestDetail;
  /** Milliseconds since 1970: how far what is open reaches. */
  readonly now: number;
}

/** What happened to a request, hop by hop, to scale. */
export function TimelineView({ request, now }: TimelineViewProps): ReactElement {
  const timeline = useMemo(() => timelineOf(request, now), [request, now]);
  const [view, setView] = useState("picture");
  if (timeline === undefined) {
    return (
      <Card title="Timeline">
        <EmptyState icon="flow" title="Nothing was seen of it">
          <p>The stack remembers what happens for as long as it runs, and this request is from an earlier run. Redrive it to watch it.</p>
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card title="Timeline" actions={<span className="small muted number">{durationText(timeline.endAt - timeline.startAt)} in all</span>}>
      <Tabs
        label="How to show it"
        selected={view}
        onSelect={setView}
        tabs={[
          { key: "picture", title: "Picture", content: <Picture timeline={timeline} /> },
          { key: "steps", title: `Each step (${request.timeline.length})`, content: <HopTable timeline={timeline} /> },
        ]}
      />
    </Card>
  );
}

function Picture({ timeline }: { readonly timeline: Timeline }): ReactElement {
  return (
    <div className="timeline">
      {timeline.attempts.length > 1 && <Overview timeline={timeline} />}
      <ol className="timeline-attempts">
        {timeline.attempts.map((attempt) => (
          <li key={attempt.attempt ?? "none"}>
            {attempt.waitedMs !== undefined && attempt.waitedMs > 0 && (
              <p className="timeline-wait small muted">
                <span className="number">{durationText(attempt.waitedMs)}</span> until the next attempt
              </p>
            )}
            <AttemptView layout={attempt} origin={timeline.startAt} />
          </li>
        ))}
      </ol>
    </div>
  );
}

/** All attempts on one scale. What it shows is told below it. */
function Overview({ timeline }: { readonly timeline: Timeline }): ReactElement {
  return (
    <div className="timeline-overview" aria-hidden="true">
      {timeline.attempts.map((attempt) => {
        const left = percentOf(attempt.startAt, timeline);
        const style: CSSProperties = { left: `${left}%`, width: `${percentOf(attempt.endAt, timeline) - left}%` };
        return (
          <div
            key={attempt.attempt ?? "none"}
            className="timeline-part"
            data-trouble={attempt.failed}
            data-open={attempt.open}
            style={style}
          >
            <span>{attempt.attempt}</span>
          </div>
        );
      })}
    </div>
  );
}
