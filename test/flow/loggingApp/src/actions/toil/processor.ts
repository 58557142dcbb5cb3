import { createProcessor, TerminalError } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { verbose } from "../../settings.ts";
import { room } from "../../topics.ts";
import { toil } from "./action.ts";

export const handler = createProcessor(
  toil,
  async ({ input: { deed, secret }, attempt, correlationId, traceparent, progress, emit, flush, once, publish, signal, logger }) => {
    logger.debug("It toils.", { app: { chars: secret.length } });
    progress(30, secret);
    await emit(secret);
    await flush();
    if (attempt === 1) {
      if (deed === "fails") throw new Error("The tool broke.");
      if (deed === "gives up") throw new TerminalError("The tool is gone.");
      if (deed === "dies") process.exit(1);
      if (deed === "waits") await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
    }
    await once("publish", () => publish(room.at("workshop"), { text: secret }));
    return { secret, correlationId, traceparent };
  },
  verbose(processorDeps),
);
