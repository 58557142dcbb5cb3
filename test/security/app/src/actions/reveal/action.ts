import { defineAction } from "@streamer/protocol";
import { quotingSchema } from "../schemas.ts";
import type { Revealed } from "../schemas.ts";

export const reveal = defineAction("reveal", {
  input: quotingSchema<Revealed>(({ how }) => how === "input"),
  output: quotingSchema<Revealed>(({ how }) => how === "output"),
  estimatedDuration: "10 milliseconds",
});
