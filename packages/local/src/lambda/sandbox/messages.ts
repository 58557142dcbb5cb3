import type { ReportedError } from "../functionError.ts";

/** What a sandbox's thread is started with. */
export interface SandboxData {
  readonly bundleUrl: string;
  readonly exportName: string;
  readonly identity: FunctionIdentity;
  /** What the sandbox is to suffer, if anything. */
  readonly fate?: { readonly crashes: boolean; readonly clockSkewMs: number } | undefined;
}

/** The part of Lambda's context that is the same for all invocations of a sandbox. */
export interface FunctionIdentity {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** To the sandbox: one event. It is sent the next one only after it has answered. */
export interface Invocation {
  readonly requestId: string;
  readonly traceId: string;
  /** JSON text, as Lambda delivers it. */
  readonly event: string;
  /** Milliseconds until the sandbox is killed. */
  readonly remainingMs: number;
}

/** From the sandbox: that it is ready, or how an invocation ended. */
export type SandboxMessage =
  | { readonly type: "ready" }
  | { readonly type: "init_failed"; readonly error: ReportedError }
  | InvocationAnswer;

/** How an invocation ended, and what it left running. */
export type InvocationAnswer = InvocationOutcome & { readonly pendingWork: readonly string[] };

export type InvocationOutcome =
  | { readonly type: "returned"; readonly response: string }
  | { readonly type: "response_too_large"; readonly sizeBytes: number }
  | { readonly type: "threw"; readonly error: ReportedError };
