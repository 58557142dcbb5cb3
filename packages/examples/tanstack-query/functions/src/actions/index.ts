import { defineActions, requestActions } from "@streamer/protocol";
import { printPhotos } from "./printPhotos/action.ts";
import { quotePrints } from "./quotePrints/action.ts";

/** `requestActions` are two short actions that come with the server: the page's list of orders is one of them. */
export const actions = defineActions({ quotePrints, printPhotos, ...requestActions });

/** What the page's client is typed by. */
export type App = typeof actions;
