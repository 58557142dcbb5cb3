import * as v from "valibot";

/** What an attempt does. Where it waits for a file: the one that the input names as `go`, with the attempt behind it (`….1`). */
export const DEEDS = [
  "works",
  "throws",
  "asks for a second",
  "asks for an hour",
  "gives up",
  "is refused",
  "dies",
  "charges",
  "charges and dies",
  /** Until it is told to stop. */
  "hangs",
  /** For ever, and does not heed what it is told. */
  "ignores",
  /** Until the file is there, or it is told to stop. */
  "waits",
  /** Until the file is there, and lets nothing else run in its thread. */
  "keeps busy",
] as const;

export type Deed = (typeof DEEDS)[number];

export const workInput = v.object({
  /** Of each attempt; those beyond the list work. */
  deeds: v.array(v.picklist(DEEDS)),
  /** File that is told what the work does. */
  log: v.string(),
  go: v.optional(v.string(), ""),
  /** Comes back in the result. */
  filling: v.optional(v.string(), ""),
});

export const workOutput = v.object({ attempt: v.number(), filling: v.string() });

/** One line of the log. `stopped`: its signal was aborted, with a reason of this code. */
export interface WorkLine {
  readonly attempt: number;
  readonly event: "start" | "charge" | "stopped" | "end";
  /** Of the step that charges. */
  readonly key?: string;
  readonly code?: string;
  /** Ms since 1970. */
  readonly at: number;
}
