import type { Clock } from "@streamer/protocol";
import type { RouteKey } from "@streamer/server";
import type { ProxyEvent } from "./events.ts";
import { readProxyResponse } from "./proxyResponse.ts";
import type { ProxyResponse } from "./proxyResponse.ts";
import { errorName } from "./tasks.ts";
import type { Tasks } from "./tasks.ts";
import type { GatewayLogger, InvokeFunction } from "./types.ts";

/** How an invocation ended: a proxy response, a failure (also a malformed response), or no answer in time. */
export type Outcome =
  | { readonly kind: "response"; readonly response: ProxyResponse }
  | { readonly kind: "failed" }
  | { readonly kind: "timed_out" };

export interface Integrations {
  /** Runs the function of a route. Never rejects: what went wrong is logged, and told by the outcome. */
  invoke(route: RouteKey, event: ProxyEvent): Promise<Outcome>;
  /** Gives up on what still runs, which becomes `failed`, and runs nothing more. */
  stop(): void;
}

export interface IntegrationsOptions {
  readonly routes: Readonly<Record<RouteKey, InvokeFunction>>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly logger: GatewayLogger;
}

const FAILED: Outcome = { kind: "failed" };

export function createIntegrations(options: IntegrationsOptions): Integrations {
  const { routes, timeoutMs, clock, tasks, logger } = options;
  const waiting = new Set<(outcome: Outcome) => void>();
  let stopped = false;

  const run = async (route: RouteKey, event: ProxyEvent): Promise<Outcome> => {
    const { connectionId, requestId } = event.requestContext;
    try {
      const response = readProxyResponse(await routes[route](event));
      if (response !== undefined) return { kind: "response", response };
      logger.warn(`${route}: the function returned no proxy response. Return { statusCode, body? }.`, { connectionId, requestId });
    } catch (error) {
      logger.warn(`${route}: the function failed`, { connectionId, requestId, error: errorName(error) });
    }
    return FAILED;
  };

  return {
    async invoke(route, event) {
      if (stopped) return FAILED;
      const cut = Promise.withResolvers<Outcome>();
      const timer = clock.after(timeoutMs, () => cut.resolve({ kind: "timed_out" }));
      waiting.add(cut.resolve);
      const work = run(route, event);
      // A function that is late runs on, as in Lambda: it is followed until it ends.
      tasks.add(work);
      const outcome = await Promise.race([work, cut.promise]);
      timer.cancel();
      waiting.delete(cut.resolve);
      if (outcome.kind === "timed_out") {
        const { connectionId, requestId } = event.requestContext;
        logger.warn(`${route}: the function did not answer in ${timeoutMs} ms`, { connectionId, requestId });
      }
      return outcome;
    },
    stop() {
      stopped = true;
      for (const resolve of waiting) resolve(FAILED);
    },
  };
}
