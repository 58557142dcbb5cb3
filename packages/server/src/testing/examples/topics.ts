import { defineTopic } from "@streamer/protocol";
import * as v from "valibot";

/** What is said about a report, and who is looking at it. */
export const reportRoom = defineTopic("reports/*", {
  event: v.object({ comment_id: v.string(), text: v.string() }),
  permissions: ["reports:read"],
  presence: true,
});
