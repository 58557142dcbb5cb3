import type { SyncHandlers } from "@streamer/server";
import type { actions } from "./index.ts";

/** What the router answers itself: the short actions. */
export const handlers = {
  echo: ({ input }) => ({ message: input.message }),
} satisfies SyncHandlers<typeof actions>;
