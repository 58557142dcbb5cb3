import { defineActions } from "@streamer/protocol";
import { importFile } from "./importFile/action.ts";

export const actions = defineActions({ importFile });

/** What the program's client is typed by. */
export type App = typeof actions;
