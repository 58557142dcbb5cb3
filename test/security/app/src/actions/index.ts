import { defineActions } from "@streamer/protocol";
import { reveal } from "./reveal/action.ts";
import { revealLater } from "./revealLater/action.ts";

/** Actions that fail in all the ways in which what they work on gets into errors. */
export const actions = defineActions({ reveal, revealLater });
