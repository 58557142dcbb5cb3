import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

const check = v.object({
  ok: v.boolean(),
  /** How long the check took, or how long it was waited for. */
  duration_ms: v.number(),
});

/** Whether the system can do its work: it answers `degraded`, instead of failing, when a part it needs does not answer. */
export const health = defineAction("health", {
  input: v.object({}),
  output: v.object({
    status: v.picklist(["ok", "degraded"]),
    checks: v.record(v.string(), check),
    /** Names of the checks that failed; empty when the status is `ok`. */
    degraded: v.array(v.string()),
    /** ISO 8601, UTC. */
    time: v.string(),
    version: v.string(),
  }),
  estimatedDuration: "100 milliseconds",
  timeout: "5 seconds",
});
