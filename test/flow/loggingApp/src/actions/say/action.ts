import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

export const say = defineAction("say", {
  input: v.object({ text: v.string(), fail: v.optional(v.boolean(), false) }),
  output: v.object({ text: v.string(), correlationId: v.string(), traceparent: v.string() }),
  estimatedDuration: "100 milliseconds",
});
