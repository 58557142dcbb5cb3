import { defineActions } from "@streamer/protocol";
import { writeStory } from "./writeStory/action.ts";

/** The app's actions: definitions only. */
export const actions = defineActions({ writeStory });

/** What the page's client is typed by. */
export type App = typeof actions;
