import { isTerminal, toStreamerError } from "@streamer/protocol";
import type { Action } from "@streamer/protocol";
import { createQueue } from "./queue.ts";
import type { Queue } from "./queue.ts";
import type { TestHandler } from "./testServer.ts";
import type { TestRequest } from "./testRequest.ts";

/** What the actions of a test server do, by name. */
export interface Scripts {
  on(action: string, handler: TestHandler<Action> | undefined): Pick<Queue<TestRequest>, "next">;
  has(action: string): boolean;
  /** Gives the request to the script of its action. Never throws. */
  run(request: TestRequest): void;
  /** What scripts threw that no client is told of. */
  readonly errors: readonly unknown[];
}

export function createScripts(): Scripts {
  const handlers = new Map<string, TestHandler<Action> | Queue<TestRequest>>();
  const errors: unknown[] = [];

  /** Never throws. */
  const runHandler = async (handler: TestHandler<Action>, request: TestRequest): Promise<void> => {
    try {
      const data = await handler(request);
      if (data !== undefined && !isTerminal(request.status)) request.complete(data);
    } catch (thrown) {
      if (isTerminal(request.status)) errors.push(thrown);
      else if (request.signal.aborted) request.cancelled();
      else {
        const error = toStreamerError(thrown, "PROCESSING_FAILED");
        // What it says is not sent, and would be lost.
        if (error !== thrown) errors.push(thrown);
        request.fail(error.code, error.details);
      }
    }
  };

  return {
    on(action, handler) {
      const queue = createQueue<TestRequest>();
      handlers.set(action, handler ?? queue);
      return { next: () => queue.next() };
    },
    has: (action) => handlers.has(action),
    run(request) {
      const handler = handlers.get(request.action);
      if (typeof handler === "function") void runHandler(handler, request);
      else handler?.push(request);
    },
    errors,
  };
}
