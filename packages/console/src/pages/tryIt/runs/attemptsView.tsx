import type { ReactElement } from "react";
import type { AttemptSeen } from "./attempts.ts";

/** How far each attempt came: a retry begins anew, and one sees that it did. */
export function Attempts({ attempts, open }: { readonly attempts: readonly AttemptSeen[]; readonly open: boolean }): ReactElement {
  return (
    <ol className="run-attempts" aria-label="Attempts">
      {attempts.map(({ attempt, percentage }, index) => {
        const last = index === attempts.length - 1;
        return (
          <li key={attempt} data-current={last}>
            Attempt {attempt}: {last ? (open ? `at ${Math.round(percentage)} %` : "the last") : `ended at ${Math.round(percentage)} %`}
          </li>
        );
      })}
    </ol>
  );
}
