import { defineActions } from "@streamer/protocol";
import { brittle } from "./brittle/action.ts";

/** An action that goes wrong as long as it is told to. */
export const actions = defineActions({ brittle });
