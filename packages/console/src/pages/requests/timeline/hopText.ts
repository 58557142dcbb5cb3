import { durationText } from "../../../ui/format.ts";
import type { HopName } from "../../../contract.ts";

/** What each hop is called, and what it does, for whoever sees the picture for the first time. */
export const HOP_TEXTS: Readonly<Record<HopName, { readonly name: string; readonly does: string }>> = {
  gateway: { name: "Gateway", does: "the WebSocket API takes the client's frame" },
  router: { name: "Router", does: "checks the message, and answers it" },
  table: { name: "Table", does: "keeps the request, and each state it comes to" },
  pipe: { name: "Pipe", does: "reads the table's stream" },
  bus: { name: "Bus", does: "gives the event to the rules that want it" },
  queue: { name: "Queue", does: "holds the work until a worker takes it" },
  worker: { name: "Worker", does: "does the work" },
  update: { name: "Updates", does: "progress and chunks, stored so that they can be replayed" },
  post: { name: "Posts", does: "what was sent to the connections that watch" },
  end: { name: "End", does: "the outcome" },
};

/** What a span without any hop was spent on, told by what came after it. */
const WAITS: Readonly<Record<HopName, string>> = {
  gateway: "until the client's next message",
  router: "until the router had it",
  table: "until its state changed",
  pipe: "until the Pipe read it",
  bus: "until the bus had it",
  queue: "until the queue had it",
  worker: "waiting for a worker",
  update: "until the next update",
  post: "until it was sent",
  end: "until the outcome stood",
};

export function waitText(before: HopName): string {
  return WAITS[before];
}

const SECOND_MS = 1_000;
const TEN_MINUTES_MS = 600 * SECOND_MS;

/** A time in the picture: to the millisecond below ten minutes, as hops lie that close. */
export function exactText(ms: number): string {
  return ms < SECOND_MS || ms >= TEN_MINUTES_MS ? durationText(ms) : `${(Math.floor(ms) / SECOND_MS).toFixed(3)} s`;
}
