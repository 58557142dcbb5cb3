/** The program of a sandbox's thread: loads a bundle and calls its handler, one event at a time, as Lambda's Node.js runtime does. */
import { parentPort, workerData } from "node:worker_threads";
import { describeThrown } from "../functionError.ts";
import { skewClock } from "./clockSkew.ts";
import { createLambdaContext } from "./lambdaContext.ts";
import { MAX_RESPONSE_BYTES } from "./limits.ts";
import type { Invocation, InvocationOutcome, SandboxData, SandboxMessage } from "./messages.ts";
import { createPendingWorkTracker } from "./pendingWork.ts";

type Handler = (event: unknown, context: unknown) => unknown;

const { bundleUrl, exportName, identity, fate } = workerData as SandboxData;
if (fate?.crashes === true) process.exit(1);
if (fate !== undefined && fate.clockSkewMs !== 0) skewClock(fate.clockSkewMs);
// Before the bundle is loaded, so that stacks name the sources. Costs some 10 ms of a cold start.
process.setSourceMapsEnabled(true);
const pendingWork = createPendingWorkTracker();

const port = parentPort;
if (port === null) throw new Error("This module is the program of a worker thread: start it with new Worker(...).");
const answer = (message: SandboxMessage): void => port.postMessage(message);

try {
  const handler = await loadHandler();
  port.on("message", (invocation: Invocation) => void serve(handler, invocation));
  answer({ type: "ready" });
} catch (error) {
  answer({ type: "init_failed", error: describeThrown(error) });
}

async function loadHandler(): Promise<Handler> {
  const { [exportName]: handler } = (await import(bundleUrl)) as Record<string, unknown>;
  if (typeof handler !== "function") {
    throw runtimeError("HandlerNotFound", `${bundleUrl} does not export a function named "${exportName}".`);
  }
  if (handler.length > 2) {
    const advice = "Lambda's Node.js 24 calls handlers with (event, context) and awaits what they return.";
    throw runtimeError("CallbackHandlerDeprecated", `"${exportName}" takes a callback. ${advice}`);
  }
  return handler as Handler;
}

async function serve(handler: Handler, invocation: Invocation): Promise<void> {
  process.env["_X_AMZN_TRACE_ID"] = invocation.traceId;
  const watch = pendingWork.begin();
  const outcome = await call(handler, invocation);
  watch.settled();
  answer({ ...outcome, pendingWork: await watch.leftovers() });
}

async function call(handler: Handler, invocation: Invocation): Promise<InvocationOutcome> {
  try {
    const result = await handler(JSON.parse(invocation.event) as unknown, createLambdaContext(identity, invocation));
    const response = toJson(result);
    const sizeBytes = Buffer.byteLength(response);
    return sizeBytes > MAX_RESPONSE_BYTES ? { type: "response_too_large", sizeBytes } : { type: "returned", response };
  } catch (error) {
    return { type: "threw", error: describeThrown(error) };
  }
}

function toJson(result: unknown): string {
  try {
    // `undefined`, a function or a symbol has no JSON text.
    const text: string | undefined = JSON.stringify(result);
    return text ?? "null";
  } catch (error) {
    throw runtimeError("MarshalError", `The handler's result cannot be written as JSON: ${describeThrown(error).errorMessage}`);
  }
}

/** An error under one of the names that Lambda's own runtime uses. */
function runtimeError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  return error;
}
