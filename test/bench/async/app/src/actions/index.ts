import { defineActions } from "@streamer/protocol";
import { passing } from "./passing/action.ts";
import { timed } from "./timed/action.ts";

/** What the benchmarks of asynchronous requests ask for. */
export const actions = defineActions({ passing, timed });

export type BenchApp = typeof actions;
