import type { RouteKey } from "@streamer/server";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import type { ProxyEvent } from "../events.ts";
import { startGateway } from "../gateway.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { createQueue } from "./queue.ts";

export type Handler = (event: ProxyEvent) => unknown;

export interface TestGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly clock: FakeClock;
  /** Resolves with the next event of a route that was not asked for yet. */
  nextEvent(route: RouteKey): Promise<ProxyEvent>;
  /** Events of a route so far. */
  countOf(route: RouteKey): number;
  /** All that was logged, as text. */
  readonly log: readonly string[];
}

export interface TestGatewayOptions extends Partial<Omit<GatewayOptions, "routes" | "clock">> {
  /** What the functions do. By default they agree, echo, and agree. */
  readonly handlers?: Partial<Record<RouteKey, Handler>>;
}

/** A gateway on any free port with a clock that stands still, whose functions record their events. Closes when it goes out of scope. */
export async function startTestGateway({ handlers = {}, ...options }: TestGatewayOptions = {}): Promise<TestGateway> {
  const clock = createFakeClock();
  const log: string[] = [];
  const write = (message: string, fields?: Record<string, unknown>): void => void log.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const counts: Record<RouteKey, number> = { $connect: 0, $default: 0, $disconnect: 0 };
  const queues = { $connect: createQueue<ProxyEvent>(), $default: createQueue<ProxyEvent>(), $disconnect: createQueue<ProxyEvent>() };
  const route = (key: RouteKey, fallback: Handler) => async (event: unknown) => {
    counts[key] += 1;
    queues[key].push(event as ProxyEvent);
    return (handlers[key] ?? fallback)(event as ProxyEvent);
  };
  let ids = 0;

  const gateway = await startGateway({
    port: 0,
    // Characters that do not survive a URL unless they are encoded.
    newId: () => `L0S/M9+c${(ids += 1)}=`,
    logger: { warn: write, error: write },
    ...options,
    clock,
    routes: {
      $connect: route("$connect", () => ({ statusCode: 200 })),
      $default: route("$default", (event) => ({ statusCode: 200, body: event.body })),
      $disconnect: route("$disconnect", () => ({ statusCode: 200 })),
    },
  });
  return {
    gateway,
    clock,
    log,
    nextEvent: (key) => queues[key].next(),
    countOf: (key) => counts[key],
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}
