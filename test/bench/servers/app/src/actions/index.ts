import { defineActions } from "@streamer/protocol";
import { echo } from "./echo/action.ts";

/** What the benchmarks of synchronous requests ask for. */
export const actions = defineActions({ echo });
