import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** The longest message that `echo` takes, in UTF-16 units. Even when JSON escapes each of them in six bytes, it fits into a frame of 32 KB. */
export const MAX_ECHO_CHARS = 4_000;

/** Says back what it is told. The shortest way to see that everything between a client and the router works. */
export const echo = defineAction("echo", {
  input: v.object({
    message: v.pipe(
      v.string("must be a text"),
      v.minLength(1, "must not be empty"),
      v.maxLength(MAX_ECHO_CHARS, (issue) => `has ${issue.received} characters; at most ${MAX_ECHO_CHARS} are taken`),
    ),
  }),
  output: v.object({ message: v.string() }),
  estimatedDuration: "10 milliseconds",
});
