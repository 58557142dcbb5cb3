import { useConnection } from "@streamer/react";
import { useEffect, useState } from "react";
import { useConsole } from "../../../app/consoleContext.ts";
import { NO_STORY, nextStory } from "./resumeStory.ts";
import type { ResumeStory } from "./resumeStory.ts";

/** How long one may read that all was caught up. */
const SHOWN_MS = 8_000;

/** Follows what becomes of a connection that breaks. @param stale whether anything shown may be behind the truth. */
export function useResumeStory(stale: boolean): ResumeStory {
  const { clock } = useConsole();
  const { state } = useConnection();
  const [story, setStory] = useState(NO_STORY);
  useEffect(() => setStory((known) => nextStory(known, { state, stale, now: clock.now() })), [state, stale, clock]);
  useEffect(() => {
    if (story.step !== "caught-up") return;
    const timer = clock.after(SHOWN_MS, () => setStory((known) => (known === story ? NO_STORY : known)));
    return () => timer.cancel();
  }, [story, clock]);
  return story;
}
