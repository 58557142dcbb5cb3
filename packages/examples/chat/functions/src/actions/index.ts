import { defineActions } from "@streamer/protocol";
import { recentMessages } from "./recentMessages/action.ts";
import { say } from "./say/action.ts";

/** The app's actions: definitions only. */
export const actions = defineActions({ say, recentMessages });

/** What the page's client is typed by. */
export type App = typeof actions;
