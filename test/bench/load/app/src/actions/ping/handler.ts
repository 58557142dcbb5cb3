import type { Handler } from "@streamer/server";
import type { ping as action } from "./action.ts";

export const ping: Handler<typeof action> = ({ input }) => ({ mark: input.mark });
