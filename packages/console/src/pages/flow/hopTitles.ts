import type { HopName } from "../../contract.ts";

/** What each hop is called, and what happens there. */
export const HOP_TITLES: Readonly<Record<HopName, { readonly title: string; readonly what: string }>> = {
  gateway: { title: "Gateway", what: "Takes frames in" },
  router: { title: "Router", what: "Checks and routes" },
  table: { title: "Table", what: "Keeps the request" },
  pipe: { title: "Pipe", what: "Reads the stream" },
  bus: { title: "Bus", what: "Matches rules" },
  queue: { title: "Queues", what: "One per action" },
  worker: { title: "Workers", what: "Run attempts" },
  update: { title: "Updates", what: "Progress, chunks" },
  post: { title: "Posts", what: "Frames to clients" },
  end: { title: "Ended", what: "The outcome is stored" },
};
