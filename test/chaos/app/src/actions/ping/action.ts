import { defineAction } from "@streamer/protocol";
import { anySchema } from "../anySchema.ts";

/** Gives back its sender's mark. */
export const ping = defineAction("ping", {
  input: anySchema<{ readonly mark: string }>(),
  output: anySchema<{ readonly mark: string }>(),
  estimatedDuration: "10 milliseconds",
});
