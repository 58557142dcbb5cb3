import { defineActions } from "@streamer/protocol";
import { ping } from "./ping/action.ts";
import { work } from "./work/action.ts";

/** One action of each kind, with times so short that a history of everything that can go wrong fits into seconds. */
export const actions = defineActions({ ping, work });
