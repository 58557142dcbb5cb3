import { defineActions } from "@streamer/protocol";
import { reflect } from "./reflect/action.ts";
import { reflectNow } from "./reflectNow/action.ts";

/** One long and one short action that give back what they are given, and more. */
export const actions = defineActions({ reflect, reflectNow });
export type LargeBodiesApp = typeof actions;
