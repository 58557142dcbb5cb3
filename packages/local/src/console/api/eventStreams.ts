import type { ServerResponse } from "node:http";
import type { Clock } from "@streamer/protocol";
import type { StackControls } from "../../hops/index.ts";
import type { ConsoleEvent } from "../contract.ts";
import { ConsoleProblem } from "../http/consoleProblem.ts";
import type { Route } from "../http/routes.ts";
import { createProgressRows } from "./progressRows.ts";
import type { ProgressRowsDeps } from "./progressRows.ts";

/** What happens between two writes is written together; of a request that changed twice only the last row. */
const WRITE_EVERY_MS = 100;
const FLOW_EVERY_MS = 1_000;
/** What may wait for one reader, in its socket and before it. Beyond it the stream is cut off: the page begins another, and reads anew. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const MAX_WAITING_EVENTS = 20_000;
const MAX_STREAMS = 32;

export interface EventStreamsDeps {
  readonly clock: Clock;
  /** Known when the stack has started. */
  readonly controls: Pick<StackControls, "hops" | "flow">;
  /** A request as it is now; `undefined`: there is none. */
  readonly rowOf: ProgressRowsDeps["rowOf"];
}

/** What happens in the stack, as server-sent events, to each page that follows. */
export interface EventStreams {
  readonly routes: readonly Route[];
  /** Tells all who follow. */
  publish(event: ConsoleEvent): void;
  /** Ends all streams, and takes no more. Resolves when nothing of them is left. */
  close(): Promise<void>;
}

interface Stream {
  readonly response: ServerResponse;
  readonly ended: Promise<void>;
}

export function createEventStreams({ clock, controls, rowOf }: EventStreamsDeps): EventStreams {
  const streams = new Set<Stream>();
  let waiting: ConsoleEvent[] = [];
  let closed = false;
  let stopFollowing: (() => void) | undefined;

  const publish = (event: ConsoleEvent): void => {
    if (streams.size === 0) return;
    waiting.push(event);
    progress.see(event);
    if (waiting.length >= MAX_WAITING_EVENTS) write();
  };
  const progress = createProgressRows({ rowOf, publish });
  const write = (): void => {
    progress.refresh();
    const events = latest(waiting);
    waiting = [];
    if (events.length === 0) return;
    const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
    for (const { response } of streams) {
      if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
      else response.write(text);
    }
  };

  /** One at a time, however long the queues take to tell their depths. */
  let asking: Promise<void> | undefined;
  const tellFlow = (): void => {
    asking ??= controls
      .flow()
      .then((flow) => publish({ type: "flow", flow }))
      // The queues of a stack that stops do not answer any more.
      .catch(() => undefined)
      .finally(() => (asking = undefined));
  };

  /** Nothing is listened to, and no timer runs, while nobody follows. */
  const follow = (): (() => void) => {
    const unsubscribe = controls.hops.subscribe(publish);
    const stopWriting = every(clock, WRITE_EVERY_MS, write);
    const stopFlow = every(clock, FLOW_EVERY_MS, tellFlow);
    return () => {
      unsubscribe();
      stopWriting();
      stopFlow();
      waiting = [];
    };
  };

  const open = (response: ServerResponse): void => {
    const ended = Promise.withResolvers<void>();
    const stream: Stream = { response, ended: ended.promise };
    response.once("close", () => {
      streams.delete(stream);
      if (streams.size === 0) {
        stopFollowing?.();
        stopFollowing = undefined;
      }
      ended.resolve();
    });
    // A page that went away while something was written to it.
    response.on("error", () => response.destroy());
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no" });
    // Something at once, so that the page knows it is connected.
    response.write(": hello\n\n");
    streams.add(stream);
    stopFollowing ??= follow();
    tellFlow();
  };

  return {
    publish,
    routes: [
      {
        method: "GET",
        path: "events",
        async run({ response }) {
          if (closed || streams.size >= MAX_STREAMS) {
            throw new ConsoleProblem("TOO_MANY", `${MAX_STREAMS} pages follow this stack already. Close one.`);
          }
          open(response);
          return undefined;
        },
      },
    ],
    async close() {
      closed = true;
      const ending = Array.from(streams, ({ response, ended }) => {
        response.destroy();
        return ended;
      });
      await Promise.all(ending);
      await Promise.all([asking, progress.idle()]);
    },
  };
}

/** Of rows of one request, and of figures, only the last; all else as it is. */
function latest(events: readonly ConsoleEvent[]): readonly ConsoleEvent[] {
  const last = new Map<string, ConsoleEvent>();
  const nameOf = (event: ConsoleEvent): string | undefined => {
    if (event.type === "request") return `request ${event.row.tenantId}/${event.row.requestId}`;
    return event.type === "flow" || event.type === "connections" ? event.type : undefined;
  };
  for (const event of events) {
    const name = nameOf(event);
    if (name !== undefined) last.set(name, event);
  }
  return events.filter((event) => {
    const name = nameOf(event);
    return name === undefined || last.get(name) === event;
  });
}

function every(clock: Clock, periodMs: number, run: () => void): () => void {
  const tick = (): void => {
    timer = clock.after(periodMs, tick);
    run();
  };
  let timer = clock.after(periodMs, tick);
  return () => timer.cancel();
}
