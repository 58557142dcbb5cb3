import type { Logger } from "@aws-lambda-powertools/logger";
import type { Action, ParsedInputOf, ProgressOf, ReturnOf } from "@streamer/protocol";

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
  /**
   * Tells the watchers how far the work is, 0 to 100. Never waits: within 100 ms the newest wins, 100 is sent at once, and a percentage
   * never falls.
   */
  readonly progress: (percentage: number, message: string, metadata?: ProgressOf<A>) => void;
  /** Resolves when everything reported so far is stored and sent: where a stage ends and everyone should see it. */
  readonly flush: () => Promise<void>;
  /** Uploads a file of the result. Put what it returns into the result: clients get a signed URL there. */
  readonly putFile: (name: string, body: Uint8Array | string, contentType: string) => Promise<string>;
  /** The same for a file that is in the bucket already. */
  readonly file: (name: string) => string;
  /** Aborted when the work must stop: cancelled, out of time, or taken over. Its reason says which. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** The work of an asynchronous action. What it throws ends the request: a `StreamerError` with its code, all else as PROCESSING_FAILED. */
export type Run<A extends Action> = (context: ProcessorContext<A>) => Promise<ReturnOf<A>>;
