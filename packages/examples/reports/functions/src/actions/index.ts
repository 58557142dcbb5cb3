import { defineActions, requestActions } from "@streamer/protocol";
import { makeReport } from "./makeReport/action.ts";

/** `requestActions` are two short actions that come with the server: the page's list is one of them. */
export const actions = defineActions({ makeReport, ...requestActions });

/** What the page's client is typed by. */
export type App = typeof actions;
