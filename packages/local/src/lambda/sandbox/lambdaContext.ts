import type { FunctionIdentity, Invocation } from "./messages.ts";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export interface LambdaContext extends FunctionIdentity {
  readonly awsRequestId: string;
  /** Has no effect, as in Lambda's Node.js 24, which has no callbacks. Kept because the published types require it. */
  callbackWaitsForEmptyEventLoop: boolean;
  /** Milliseconds until this invocation is killed. Negative when it is late. */
  getRemainingTimeInMillis(): number;
}

export function createLambdaContext(identity: FunctionIdentity, invocation: Invocation): LambdaContext {
  const deadline = performance.now() + invocation.remainingMs;
  return {
    ...identity,
    awsRequestId: invocation.requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.floor(deadline - performance.now()),
  };
}
