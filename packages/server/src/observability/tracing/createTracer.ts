import type { Logger } from "@aws-lambda-powertools/logger";
import type { SdkClient } from "./sdkClient.ts";
import { noTracer } from "./tracer.ts";
import type { Tracer } from "./tracer.ts";

export interface TracerOptions {
  /** Default: this process's. `POWERTOOLS_TRACE_ENABLED=true` turns tracing on, anything else leaves it off. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly logger: Pick<Logger, "warn">;
  /** Default: by Powertools. */
  readonly load?: () => Promise<Tracer>;
}

/**
 * The tracer of a function. Off unless it is turned on, and then it costs nothing: what records is loaded, in a file of its own, only when
 * it is needed. When it cannot be loaded, the log says so once, and the function works without.
 */
export function createTracer({ env = process.env, logger, load = loadPowertools }: TracerOptions): Tracer {
  if (env["POWERTOOLS_TRACE_ENABLED"] !== "true") return noTracer;
  const waiting: SdkClient[] = [];
  let loaded: Tracer | undefined;
  const loading = load()
    .catch((error: unknown) => {
      logger.warn("Traces are not recorded in detail: what records them could not be loaded.", {
        operation: "measure",
        error: error as Error,
      });
      return noTracer;
    })
    .then((tracer) => {
      for (const client of waiting.splice(0)) tracer.captureClient(client);
      return (loaded = tracer);
    });
  return {
    segment: async (name, run, annotations) => (loaded ?? (await loading)).segment(name, run, annotations),
    captureClient(client) {
      if (loaded !== undefined) return loaded.captureClient(client);
      waiting.push(client);
      return client;
    },
  };
}

async function loadPowertools(): Promise<Tracer> {
  const { createPowertoolsTracer } = await import("./powertoolsTracer.ts");
  return createPowertoolsTracer();
}
