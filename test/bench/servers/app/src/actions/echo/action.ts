import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** Says back what it is told: as little as an action can do, with a schema on both sides as every action has. */
export const echo = defineAction("echo", {
  input: v.object({ message: v.string() }),
  output: v.object({ message: v.string() }),
  estimatedDuration: "10 milliseconds",
});
