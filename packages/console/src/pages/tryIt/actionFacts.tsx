import type { ReactElement } from "react";
import type { ActionView } from "../../contract.ts";
import { Badge, durationText } from "../../ui/index.ts";

/** What kind of action it is: who does the work, how long that takes, how often it is tried. */
export function ActionFacts({ action }: { readonly action: ActionView }): ReactElement {
  const { asynchronous, estimatedDurationMs, timeoutMs, attempts, permissions } = action;
  return (
    <div className="row small muted">
      <Badge tone={asynchronous ? "accent" : "neutral"}>{asynchronous ? "In the background" : "Answered at once"}</Badge>
      <span>takes about {roundDuration(estimatedDurationMs)}</span>
      <span>at most {roundDuration(timeoutMs)}</span>
      {asynchronous && <span>{attempts === 1 ? "one attempt" : `up to ${attempts} attempts`}</span>}
      {permissions.length > 0 && (
        <span>
          asks for <code>{permissions.join(", ")}</code>
        </span>
      )}
    </div>
  );
}

/** `2 min` rather than `2 min 0 s`. */
function roundDuration(ms: number): string {
  return durationText(ms)
    .replace(/\.0 s$/, " s")
    .replace(/ (min|h|d) 0 (s|min|h)$/, " $1");
}
