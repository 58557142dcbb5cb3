import type { Logger } from "@aws-lambda-powertools/logger";
import type { Publish } from "../topics/createPublish.ts";
import type { Action, Actions, ParsedInputOf, ReturnOf, SyncKeys } from "@streamer/protocol";

/** What a synchronous action's handler gets. */
export interface HandlerContext<A extends Action> {
  /** The payload, parsed by the action's input schema. */
  readonly input: ParsedInputOf<A>;
  readonly requestId: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly permissions: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** A UUID: of the frame, or given by the client. It is on every line of the log and in the answer. */
  readonly correlationId: string;
  /** W3C trace context (`traceparent`), for what the handler calls. */
  readonly traceparent: string;
  /** Tells the subscribers of a topic: `publish(room.at("lobby"), { text })`. */
  readonly publish: Publish;
  /** Aborted when the action's timeout is over. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** The work of a synchronous action. A `StreamerError` it throws reaches the client with its code, all else as PROCESSING_FAILED. */
export type Handler<A extends Action> = (context: HandlerContext<A>) => ReturnOf<A> | Promise<ReturnOf<A>>;

/** One handler for every synchronous action of a list: `{ … } satisfies SyncHandlers<typeof actions>`. */
export type SyncHandlers<A extends Actions> = { readonly [Key in SyncKeys<A>]: Handler<A[Key]> };
