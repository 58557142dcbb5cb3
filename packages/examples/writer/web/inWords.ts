import type { RequestStateOf } from "@streamer/react";
import type { App } from "../functions/src/actions/index.ts";

/** Where the story stands. How many tokens there are is not said while it is written: a screen reader would read out each number. */
export function inWords(story: RequestStateOf<App["writeStory"]>): string {
  switch (story.status) {
    case "idle":
    case "submitting":
      return "Sending …";
    case "queued":
      return "Waiting for a writer …";
    case "running":
      return story.attempt > 1 ? `The writer before was lost. Attempt ${story.attempt} writes it from the beginning …` : "Writing …";
    case "retrying":
      return "The writer was lost. Another one takes over …";
    case "completed":
      return `Done, ${story.data.tokens} tokens.`;
    case "failed":
      return "It failed.";
    case "cancelled":
      return "Stopped.";
  }
}
