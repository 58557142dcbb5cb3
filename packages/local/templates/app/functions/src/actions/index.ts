import { defineActions } from "@streamer/protocol";
import { echo } from "./echo/action.ts";
import { writeLetters } from "./writeLetters/action.ts";

/** The app's actions: definitions only. A new action is a folder here and one more name. */
export const actions = defineActions({ echo, writeLetters });

/** What the page's client is typed by. */
export type App = typeof actions;
