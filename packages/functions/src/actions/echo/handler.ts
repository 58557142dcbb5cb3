import type { Handler } from "@streamer/server";
import type { echo } from "./action.ts";

/** Answers with the message that came. */
export const echoHandler: Handler<typeof echo> = ({ input }) => ({ message: input.message });
