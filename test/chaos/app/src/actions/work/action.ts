import { defineAction } from "@streamer/protocol";
import { anySchema } from "../anySchema.ts";
import type { WorkInput, WorkOutput } from "./behaviour.ts";

/** Does as its payload says: works in steps, has effects, fails, hangs, starves its heartbeat. */
export const work = defineAction("work", {
  input: anySchema<WorkInput>(),
  output: anySchema<WorkOutput>(),
  estimatedDuration: "6 seconds",
  timeout: "1500 milliseconds",
  lease: "1 second",
  retry: { attempts: 4, minDelay: "50 milliseconds", maxDelay: "400 milliseconds" },
  concurrency: 8,
});
