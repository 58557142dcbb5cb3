import { systemClock } from "@streamer/protocol";
import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { writeStory } from "./action.ts";
import { createPlayedModel } from "./model.ts";
import { createWriteStory } from "./writeStory.ts";

/** 25 tokens a second. */
const model = createPlayedModel({ tokenMs: 40 });

export const handler = createProcessor(writeStory, createWriteStory(model, systemClock), processorDeps());
