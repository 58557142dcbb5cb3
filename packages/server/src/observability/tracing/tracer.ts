import type { CaptureClient } from "./sdkClient.ts";

/** The segments of our own code: what a trace of a function is made of, beside the calls of AWS. */
export type SegmentName =
  | "connect"
  | "disconnect"
  | "message"
  | "authenticate"
  | "validate"
  | "submit"
  | `answer ${string}`
  | "process"
  | "claim"
  | `run ${string}`
  | "flush"
  | "retry"
  | "settle"
  | "sweep"
  | "shard"
  | "notify"
  | "topic";

/** What traces can be searched by. Ids, codes, counts: never what a request says, nor a token. */
export interface Annotations {
  readonly user_id?: string | undefined;
  readonly tenant_id?: string | undefined;
  readonly connection_id?: string | undefined;
  readonly request_id?: string | undefined;
  readonly batch_id?: string | undefined;
  readonly correlation_id?: string | undefined;
  readonly action?: string | undefined;
  readonly attempt?: number | undefined;
  /** How an attempt ended, in one word. */
  readonly outcome?: string | undefined;
  /** The trace in which the request was asked for, as its `traceparent` has it: `trace_id` in the log. */
  readonly origin_trace_id?: string | undefined;
  readonly shard?: number | undefined;
}

/** A segment that is open. */
export interface TraceSegment {
  /** `undefined` is left out. */
  annotate(annotations: Annotations): void;
  /** Marks it as failed, by the error's class and code: its text is not recorded. */
  fail(error: unknown): void;
}

/** Records what a function spends its time on. */
export interface Tracer {
  /** Runs a step as a segment of its own, within the one that is open. What the step throws marks the segment, and is thrown on. */
  segment<Result>(name: SegmentName, run: (segment: TraceSegment) => Promise<Result>, annotations?: Annotations): Promise<Result>;
  /** Has each call of an AWS client recorded. Gives the client. */
  readonly captureClient: CaptureClient;
}

export const noSegment: TraceSegment = { annotate: () => {}, fail: () => {} };

/** Records nothing: where tracing is off. */
export const noTracer: Tracer = {
  segment: (_name, run) => run(noSegment),
  captureClient: (client) => client,
};
