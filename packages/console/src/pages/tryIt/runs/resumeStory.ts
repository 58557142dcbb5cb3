/** What became of a connection that broke while this page looked: it is told step by step, so that one sees that nothing was lost. */
export type ResumeStory =
  | { readonly step: "none" }
  | { readonly step: "lost"; readonly lostAt: number }
  | { readonly step: "catching-up"; readonly lostAt: number; readonly openAt: number }
  | { readonly step: "caught-up"; readonly lostAt: number; readonly openAt: number; readonly caughtUpAt: number };

export const NO_STORY: ResumeStory = { step: "none" };

export interface StoryInput {
  /** Where the connection stands. */
  readonly state: string;
  /** Whether any request that is shown may be behind the truth. */
  readonly stale: boolean;
  readonly now: number;
}

/** The story as it goes on; the same object when it does not. */
export function nextStory(story: ResumeStory, { state, stale, now }: StoryInput): ResumeStory {
  if (state === "reconnecting" || state === "offline") return story.step === "lost" ? story : { step: "lost", lostAt: now };
  if (state !== "open") return story;
  switch (story.step) {
    case "lost": {
      const catching = { step: "catching-up", lostAt: story.lostAt, openAt: now } as const;
      return stale ? catching : { ...catching, step: "caught-up", caughtUpAt: now };
    }
    case "catching-up":
      return stale ? story : { ...story, step: "caught-up", caughtUpAt: now };
    default:
      return story;
  }
}
