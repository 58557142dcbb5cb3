import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { withSettings } from "../../settings.ts";
import { misfortune } from "../misfortune.ts";
import { revealLater } from "./action.ts";

export const handler = createProcessor(
  revealLater,
  async ({ input, progress, flush, logger }) => {
    logger.debug("The processor of reveal_later runs.");
    progress(10, `Working on ${input.secret}`, { secret: input.secret });
    await flush();
    return misfortune(input);
  },
  withSettings(processorDeps),
);
