import { defineActions } from "@streamer/protocol";
import { ping } from "./ping/action.ts";
import { toil } from "./toil/action.ts";

/** One action of each kind, with as little to do as can be: what is measured is all that lies around it. */
export const actions = defineActions({ ping, toil });
