import { defineAction, defineActions } from "@streamer/protocol";
import * as v from "valibot";

/** Each action but the last few is named after what the new code changes about it. */
const text = v.string();
const named = v.object({ name: text });
/** What the work was given. */
const saw = v.object({ saw: v.record(v.string(), v.unknown()) });
const coloured = v.object({ colour: text });
const logged = v.object({ log: text });
/** Of asynchronous work. */
const long = { estimatedDuration: "10 seconds" } as const;
const short = { estimatedDuration: "100 milliseconds" } as const;

export const actions = defineActions({
  addOptional: defineAction("add_optional", { input: named, output: saw, ...long }),
  addRequired: defineAction("add_required", { input: named, output: saw, ...long }),
  renameKept: defineAction("rename_kept", { input: coloured, output: saw, ...long }),
  renameBare: defineAction("rename_bare", { input: coloured, output: saw, ...long }),
  removeField: defineAction("remove_field", { input: v.object({ name: text, note: text }), output: saw, ...long }),
  changeOutput: defineAction("change_output", { input: named, output: v.object({ total: v.number() }), ...long }),
  changeProgress: defineAction("change_progress", {
    input: logged,
    output: v.object({ charge: v.unknown() }),
    progress: v.object({ rows: v.number() }),
    ...long,
  }),
  oldName: defineAction("old_name", { input: named, output: saw, ...long }),
  renamedAway: defineAction("renamed_away", { input: named, output: saw, ...long }),
  removedMidway: defineAction("removed_midway", { input: named, output: saw, lease: "10 seconds", ...long }),
  toSync: defineAction("to_sync", { input: named, output: saw, ...long }),
  toAsync: defineAction("to_async", { input: named, output: saw, ...short }),
  fewerAttempts: defineAction("fewer_attempts", { input: named, output: saw, retry: { attempts: 5 }, ...long }),
  otherLimits: defineAction("other_limits", { input: named, output: saw, lease: "5 minutes", timeout: "10 minutes", ...long }),
});
