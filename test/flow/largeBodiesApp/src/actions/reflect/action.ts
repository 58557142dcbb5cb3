import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

export const reflect = defineAction("reflect", {
  /** How many characters to add, and whether to add a file's URL too. */
  input: v.object({ text: v.optional(v.string(), ""), more: v.optional(v.number(), 0), withFile: v.optional(v.boolean(), false) }),
  output: v.object({ text: v.string(), more: v.string(), file: v.optional(v.string()) }),
  estimatedDuration: "10 seconds",
  permissions: ["reflect"],
  retry: { attempts: 1 },
});
