import { useMemo } from "react";
import type { ReactElement } from "react";
import { useReadable } from "../../../api/index.ts";
import { useConsole } from "../../../app/consoleContext.ts";
import { hrefOf } from "../../../app/route.ts";
import { clockText, shortId } from "../../../ui/index.ts";
import { HOP_TITLES } from "../hopTitles.ts";

const SHOWN = 5;

/** The last hops that went wrong, with the requests that they hurt. */
export function RecentTrouble(): ReactElement | null {
  const hops = useReadable(useConsole().live.hops);
  const troubled = useMemo(
    () =>
      hops
        .filter(({ trouble }) => trouble !== undefined)
        .slice(-SHOWN)
        .toReversed(),
    [hops],
  );
  if (troubled.length === 0) return null;
  return (
    <section aria-label="What hurt last">
      <h3>What hurt last</h3>
      <ul className="chaos-troubles small">
        {troubled.map(({ id, at, hop, trouble, tenantId, requestId }) => (
          <li key={id}>
            <span className="number muted">{clockText(at)}</span>
            <span>{HOP_TITLES[hop].title}</span>
            <span className="chaos-trouble">{trouble}</span>
            {tenantId === undefined ? (
              <span className="mono">{shortId(requestId)}</span>
            ) : (
              <a className="mono" href={hrefOf({ page: "request", tenantId, requestId })}>
                {shortId(requestId)}
              </a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
