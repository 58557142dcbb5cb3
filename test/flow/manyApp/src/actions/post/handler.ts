import type { Handler } from "@streamer/server";
import { room, staff } from "../../topics.ts";
import type { post as action } from "./action.ts";

export const post: Handler<typeof action> = async ({ input, publish }) => {
  const topic = input.room === undefined ? staff.at() : room.at(input.room);
  await publish(topic, { text: input.text });
  return { posted: topic.name };
};
