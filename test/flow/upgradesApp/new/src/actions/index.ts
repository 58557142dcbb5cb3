import { defineAction, defineActions } from "@streamer/protocol";
import * as v from "valibot";

const text = v.string();
const named = v.object({ name: text });
/** What the work was given. */
const saw = v.object({ saw: v.record(v.string(), v.unknown()) });
const coloured = v.object({ color: text });
const logged = v.object({ log: text });
const long = { estimatedDuration: "10 seconds" } as const;
const short = { estimatedDuration: "100 milliseconds" } as const;

/** Takes what was sent under the old name, too: for as long as something of the old code may come. */
const colouredOfAnyAge = v.union([
  coloured,
  v.pipe(
    v.object({ colour: text }),
    v.transform(({ colour }) => ({ color: colour })),
  ),
]);

const renamed = { input: named, output: saw, ...long };

export const actions = defineActions({
  addOptional: defineAction("add_optional", {
    input: v.object({ name: text, size: v.optional(text, "medium") }),
    output: saw,
    ...long,
  }),
  addRequired: defineAction("add_required", { input: v.object({ name: text, size: text }), output: saw, ...long }),
  renameKept: defineAction("rename_kept", { input: colouredOfAnyAge, output: saw, ...long }),
  renameBare: defineAction("rename_bare", { input: coloured, output: saw, ...long }),
  removeField: defineAction("remove_field", { input: named, output: saw, ...long }),
  // What comes new in a result is optional to those who read it: results of the old code are still there.
  changeOutput: defineAction("change_output", { input: named, output: v.object({ sum: v.optional(v.number()) }), ...long }),
  changeProgress: defineAction("change_progress", {
    input: logged,
    output: v.object({ charge: v.unknown() }),
    progress: v.object({ done: v.number(), of: v.number() }),
    ...long,
  }),
  /** The old name stays, for what is stored under it. */
  oldName: defineAction("old_name", renamed),
  newName: defineAction("new_name", renamed),
  toSync: defineAction("to_sync", { input: named, output: saw, ...short }),
  toAsync: defineAction("to_async", { input: named, output: saw, ...long }),
  fewerAttempts: defineAction("fewer_attempts", { input: named, output: saw, retry: { attempts: 1 }, ...long }),
  otherLimits: defineAction("other_limits", {
    input: named,
    output: saw,
    lease: "2 seconds",
    timeout: "5 seconds",
    retry: { attempts: 2, minDelay: "1 second" },
    ...long,
  }),
  added: defineAction("added", { input: named, output: saw, ...long }),
});
