import type { Logger } from "@aws-lambda-powertools/logger";
import type { Action, EmitOf, ParsedInputOf, ProgressOf, ReturnOf } from "@streamer/protocol";
import type { Publish } from "../topics/createPublish.ts";
import type { Once } from "./once.ts";

/** What a processor's function gets. */
export interface ProcessorContext<A extends Action> {
  /** The payload, parsed by the action's input schema as it is now: a request may have waited over a deployment. */
  readonly input: ParsedInputOf<A>;
  readonly requestId: string;
  readonly tenantId: string;
  readonly userId: string;
  /** From 1. */
  readonly attempt: number;
  /** What the client sent along with the request. */
  readonly metadata: Readonly<Record<string, string>>;
  /** A UUID: of the frame that the request came with. It is on every line of the log about it, and in every message to its watchers. */
  readonly correlationId: string;
  /** W3C trace context of that frame, for what the work calls. `undefined` of a request that was sent before there was one. */
  readonly traceparent: string | undefined;
  /**
   * Tells the watchers how far the work is, 0 to 100. Never waits: within 100 ms the newest wins, 100 is sent at once, and a percentage
   * never falls.
   */
  readonly progress: (percentage: number, message: string, metadata?: ProgressOf<A>) => void;
  /**
   * Sends a piece of output to the watchers, of the action's `chunk` schema: every one, once, in order, while the work goes on. Resolves when it
   * is stored and sent. Await it, and a fast source is slowed down to what the watchers can be sent; do not, and what comes while a value is
   * being stored shares the next message, 100 ms after the one before. A source slower than a message takes to be stored, such as a model's
   * tokens, makes a message for each value: gather some. What was not awaited is waited for when the work returns. An attempt that follows
   * emits from the beginning.
   *
   * What it throws at once was not taken, nothing of it was sent, and the work may go on: `ChunkTooLargeError` over 31,488 bytes of JSON,
   * `ChunkBacklogError` when over 8 MiB wait, `TooManyChunksError` after 990,000 messages, `TerminalError` when the value does not fit the
   * schema or is no JSON, the signal's reason once that is aborted. When the promise rejects, the table did not store it, and the attempt
   * fails.
   */
  readonly emit: (value: EmitOf<A>) => Promise<void>;
  /** Resolves when everything reported and emitted so far is stored and sent: where a stage ends and everyone should see it. */
  readonly flush: () => Promise<void>;
  /**
   * Tells the subscribers of a topic: `publish(room.at("lobby"), { text })`. Throws the signal's reason once that is aborted. What must not
   * be heard twice when the work is tried again goes into `once`: `once("announce", () => publish(…))`.
   */
  readonly publish: Publish;
  /** Does something outside, such as charging a card, once over all attempts. */
  readonly once: Once;
  /** Uploads a file of the result. Put what it returns into the result: clients get a signed URL there. */
  readonly putFile: (name: string, body: Uint8Array | string, contentType: string) => Promise<string>;
  /** The same for a file that is in the bucket already. */
  readonly file: (name: string) => string;
  /** Aborted when the work must stop: cancelled, out of time, or taken over. Its reason says which. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/**
 * The work of an asynchronous action. What it throws ends the attempt: a `TerminalError`, or one of the protocol's errors that is not
 * retryable, ends the request too; a `RetryableError` and all else is tried again as the action's `retry` says, and ends the request when no
 * attempts are left. The client sees the code of a `StreamerError`, and PROCESSING_FAILED for all else.
 */
export type Run<A extends Action> = (context: ProcessorContext<A>) => Promise<ReturnOf<A>>;
