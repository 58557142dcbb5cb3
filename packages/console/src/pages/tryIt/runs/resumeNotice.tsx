import type { ReactElement } from "react";
import { Notice, durationText } from "../../../ui/index.ts";
import type { ResumeStory } from "./resumeStory.ts";

/** Tells that the connection broke, and that nothing was lost. */
export function ResumeNotice({ story }: { readonly story: ResumeStory }): ReactElement {
  return (
    <div className="resume" role="status" data-step={story.step}>
      {story.step !== "none" && (
        <Notice tone={story.step === "caught-up" ? "good" : "accent"}>
          <strong>{story.step === "caught-up" ? "Caught up: nothing was lost." : "Reconnecting: nothing is lost."}</strong>
          <ol className="resume-steps">
            <li data-done>Socket broken</li>
            <li data-done={story.step !== "lost"}>
              {story.step === "lost" ? "Reconnecting…" : `Connected again after ${durationText(story.openAt - story.lostAt)}`}
            </li>
            <li data-done={story.step === "caught-up"}>
              {story.step === "caught-up"
                ? `Caught up after ${durationText(story.caughtUpAt - story.lostAt)}`
                : "Missed updates are fetched"}
            </li>
          </ol>
        </Notice>
      )}
    </div>
  );
}
