import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { room } from "../../topics.ts";
import { compose } from "./action.ts";

export const handler = createProcessor(
  compose,
  async ({ input, publish }) => {
    const topic = room.at(input.room);
    await publish(topic, { text: input.text });
    return { posted: topic.name };
  },
  processorDeps(),
);
