import type { ProgressOf } from "@streamer/protocol";
import type { ReactElement } from "react";
import type { App } from "../functions/src/actions/index.ts";

type Stage = ProgressOf<App["makeReport"]>["stage"];

const STAGES = ["collect", "add up", "write"] as const satisfies readonly Stage[];

export interface StagesProps {
  readonly current: Stage | undefined;
  readonly done: boolean;
}

/** The steps of a report, told by the metadata of its progress. */
export function Stages({ current, done }: StagesProps): ReactElement {
  const reached = done ? STAGES.length : STAGES.findIndex((stage) => stage === current);
  return (
    <ol className="stages" aria-label="Stages">
      {STAGES.map((stage, index) => (
        <li key={stage} data-state={index < reached ? "done" : "open"} aria-current={index === reached ? "step" : undefined}>
          {stage}
        </li>
      ))}
    </ol>
  );
}
