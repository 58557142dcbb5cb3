import { systemClock } from "@streamer/protocol";
import type { SyncHandlers, TableConfig } from "@streamer/server";
import { createMessageStore } from "../messages/messageStore.ts";
import type { actions } from "./index.ts";
import { createRecentMessages } from "./recentMessages/handler.ts";
import { createSay } from "./say/handler.ts";

/** What the router answers itself: everything, in this app. */
export function createHandlers(table: TableConfig) {
  const messages = createMessageStore(table, systemClock);
  return {
    say: createSay({ messages, clock: systemClock }),
    recentMessages: createRecentMessages(messages),
  } satisfies SyncHandlers<typeof actions>;
}
