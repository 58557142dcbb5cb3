import type { Handler } from "@streamer/server";
import { room } from "../../topics.ts";
import type { say as action } from "./action.ts";

export const say: Handler<typeof action> = async ({ input: { text, fail }, correlationId, traceparent, publish, logger }) => {
  logger.info("Something is said.", { app: { chars: text.length } });
  if (fail) throw new Error("Nobody listens.");
  await publish(room.at("lobby"), { text });
  return { text, correlationId, traceparent };
};
