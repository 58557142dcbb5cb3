import { defineAction } from "@streamer/protocol";
import { quotingSchema } from "../schemas.ts";
import type { Revealed } from "../schemas.ts";

export const revealLater = defineAction("reveal_later", {
  input: quotingSchema<Revealed>(({ how }) => how === "input"),
  output: quotingSchema<Revealed>(({ how }) => how === "output"),
  progress: quotingSchema<Pick<Revealed, "secret">>(() => false),
  estimatedDuration: "10 seconds",
  retry: { attempts: 1 },
});
