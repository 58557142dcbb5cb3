import { defineActions } from "@streamer/protocol";
import { say } from "./say/action.ts";
import { toil } from "./toil/action.ts";

/** Whatever they do is to be found in the log, and nothing of what they do it with. */
export const actions = defineActions({ say, toil });
