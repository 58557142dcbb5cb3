import { dirname } from "node:path";
import type { FunctionSpec } from "@streamer/server";
import type { FunctionIdentity } from "./messages.ts";

/** The account that every local resource is in. */
const ACCOUNT_ID = "000000000000";
const DEFAULT_REGION = "us-east-1";
const VERSION = "$LATEST";

export type Env = Readonly<Record<string, string>>;

/** The memory setting in megabytes. */
export function memoryInMb(memory: FunctionSpec["memory"]): number {
  const [amount, unit] = memory.split(" ");
  return Number(amount) * (unit === "GB" ? 1024 : 1);
}

/**
 * What a sandbox's context says of its function.
 *
 * @param instance tells this sandbox from the function's others.
 */
export function functionIdentity(spec: FunctionSpec, env: Env, nowMs: number, instance: string): FunctionIdentity {
  const functionName = env["AWS_LAMBDA_FUNCTION_NAME"] ?? spec.name;
  const region = env["AWS_REGION"] ?? DEFAULT_REGION;
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    functionName,
    functionVersion: VERSION,
    invokedFunctionArn: `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${functionName}`,
    memoryLimitInMB: String(memoryInMb(spec.memory)),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `${day}/[${VERSION}]${instance.replaceAll("-", "")}`,
  };
}

/**
 * The whole environment of a sandbox: what was given, and what Lambda itself sets. Nothing of this process's own.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function sandboxEnv(spec: FunctionSpec, env: Env, identity: FunctionIdentity, bundlePath: string): Env {
  return {
    ...env,
    _HANDLER: spec.handler,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: identity.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: identity.functionVersion,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: identity.memoryLimitInMB,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: identity.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: identity.logStreamName,
    LAMBDA_TASK_ROOT: dirname(bundlePath),
  };
}

/** Where X-Ray's daemon listens, for a function that has one. */
export const XRAY_DAEMON_VARIABLE = "AWS_XRAY_DAEMON_ADDRESS";

/** A trace header as X-Ray writes it; sampled when there is a daemon to send to. @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html */
export function traceHeader(nowMs: number, requestId: string, env: Env = {}): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, "0");
  const hex = requestId.replaceAll(/[^0-9a-f]/g, "").padEnd(32, "0");
  return `Root=1-${seconds}-${hex.slice(0, 24)};Parent=${hex.slice(16, 32)};Sampled=${env[XRAY_DAEMON_VARIABLE] === undefined ? 0 : 1}`;
}
