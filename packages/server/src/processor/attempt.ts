import type { Logger } from "@aws-lambda-powertools/logger";
import {
  byteLength,
  CancelledError,
  MAX_BODY_BYTES,
  MAX_MESSAGE_BYTES,
  parse,
  parseOutput,
  ResultTooLargeError,
  TimeoutError,
  toStreamerError,
} from "@streamer/protocol";
import type { Action, Clock } from "@streamer/protocol";
import { extractFiles } from "../connection/resultFiles.ts";
import type { FileStore } from "../files/fileStore.ts";
import { chunkText } from "../progress/chunkValue.ts";
import type { ChunkWriter } from "../progress/chunkWriter.ts";
import type { ProgressReporter } from "../progress/progressReporter.ts";
import { createPublish } from "../topics/createPublish.ts";
import type { Publisher } from "../topics/publisher.ts";
import type { StoredResult } from "../table/requestVerbs.ts";
import type { StoredFailure, StoredRequest } from "../table/storedRequest.ts";
import type { Run } from "./context.ts";
import { createAttemptFiles } from "./files.ts";
import type { AttemptFiles } from "./files.ts";
import { RetryableError, TerminalError } from "./errors.ts";
import { LeaseLostError } from "./lease.ts";
import { createOnce } from "./once.ts";
import type { StepStore } from "./stepStore.ts";

/** How an attempt ended. `lost`: somebody else has the request; nothing may be written. */
export type AttemptEnd =
  | { readonly kind: "completed"; readonly result: StoredResult }
  | { readonly kind: "failed"; readonly failure: StoredFailure; readonly cause: unknown }
  | { readonly kind: "cancelled"; readonly reason: string | undefined }
  | { readonly kind: "lost" };

export interface AttemptOptions<A extends Action> {
  readonly action: A;
  readonly run: Run<A>;
  readonly request: StoredRequest;
  /** Reads the payload. What it throws ends the attempt. */
  readonly payload: () => Promise<unknown>;
  readonly reporter: ProgressReporter;
  readonly chunks: ChunkWriter;
  /** Aborted with the reason when the work must stop. */
  readonly abort: AbortController;
  /** The time the work may take, at most the action's timeout. */
  readonly timeoutMs: number;
  readonly logger: Logger;
}

export interface AttemptDeps {
  readonly files: Pick<FileStore, "put">;
  readonly steps: StepStore;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** After the signal the work has this long to end by itself; then its request is settled without it. */
export const ABORT_GRACE_MS = 10_000;
/** A signed URL, at most. With a role's session token it is about 1.5 KB. */
const SIGNED_URL_BYTES = 4 * 1024;
const ENVELOPE_BYTES = 1024;

/** Runs the work of one attempt to its end. Never throws. */
export async function runAttempt<A extends Action>(options: AttemptOptions<A>, deps: AttemptDeps): Promise<AttemptEnd> {
  const { action, run, request, reporter, chunks, abort, logger } = options;
  const files = createAttemptFiles(request, deps.files, deps.newId());
  const deadline = deps.clock.after(options.timeoutMs, () => abort.abort(new TimeoutError()));
  const ended = new AbortController();
  // From here on nobody waits for the work, whatever it does.
  const mayRunUntil = deps.clock.now() + options.timeoutMs + ABORT_GRACE_MS;
  const { publish, settled } = createPublish(request, { ...deps, logger });
  const once = createOnce(request, { signal: abort.signal, mayRunUntil }, { steps: deps.steps, clock: deps.clock, logger });
  try {
    const work = async (): Promise<AttemptEnd> => {
      abort.signal.throwIfAborted();
      const input = await parse(action.input, await options.payload());
      const output = await run({
        input,
        requestId: request.requestId,
        tenantId: request.tenantId,
        userId: request.userId,
        attempt: request.attempt,
        metadata: request.metadata,
        correlationId: request.correlationId,
        traceparent: request.traceparent,
        once,
        publish: (topic, data) => {
          abort.signal.throwIfAborted();
          return publish(topic, data);
        },
        progress: (percentage, message, metadata) => reporter.report(percentage, message, metadata),
        emit: (value) => {
          abort.signal.throwIfAborted();
          return chunks.add(chunkText(action, value));
        },
        flush: async () => {
          await Promise.all([reporter.flush(), chunks.flush()]);
        },
        putFile: (name, body, contentType) => files.putFile(name, body, contentType),
        file: (name) => files.file(name),
        signal: abort.signal,
        logger,
      });
      abort.signal.throwIfAborted();
      // What was emitted and not awaited is part of the work: without it there is no success.
      await Promise.all([chunks.flushNow(), settled()]);
      return { kind: "completed", result: await toResult(await parsedOutput(action, output), files) };
    };
    return await Promise.race([work(), outOfGrace(abort.signal, deps.clock, ended.signal)]);
  } catch (error) {
    return toEnd(error, abort.signal);
  } finally {
    deadline.cancel();
    ended.abort();
  }
}

/** @throws {TerminalError} when it does not fit: the same work would give the same again. */
async function parsedOutput(action: Action, output: unknown): Promise<unknown> {
  try {
    return await parseOutput(action, output);
  } catch (error) {
    throw new TerminalError("The work returned what it may not.", { cause: error });
  }
}

/** Rejects when the work has been told to stop and did not in the time of grace. Waits for nothing once the attempt has ended. */
function outOfGrace(stop: AbortSignal, clock: Clock, ended: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const wait = (): void => {
      const timer = clock.after(ABORT_GRACE_MS, () => reject(stop.reason as Error));
      ended.addEventListener("abort", () => timer.cancel(), { once: true });
    };
    if (stop.aborted) wait();
    else stop.addEventListener("abort", wait, { once: true, signal: ended });
  });
}

/** A result that would not fit into the terminal message, its files signed, goes into the bucket, and the message names it. */
async function toResult(output: unknown, attemptFiles: AttemptFiles): Promise<StoredResult> {
  const { body, files } = extractFiles(output, (text) => attemptFiles.keyOf(text));
  const sizeBytes = byteLength(body);
  const urlBytes = byteLength(JSON.stringify(files)) + Object.keys(files).length * SIGNED_URL_BYTES + ENVELOPE_BYTES;
  if (sizeBytes + urlBytes <= MAX_MESSAGE_BYTES) return { body, files };
  assertResultFits(sizeBytes, MAX_BODY_BYTES);
  // One more URL: its own.
  assertResultFits(urlBytes + SIGNED_URL_BYTES, MAX_MESSAGE_BYTES);
  return { key: await attemptFiles.putResult(body), sizeBytes, files };
}

function assertResultFits(sizeBytes: number, limitBytes: number): void {
  if (sizeBytes > limitBytes) throw new ResultTooLargeError({ details: { size_bytes: sizeBytes, limit_bytes: limitBytes } });
}

/** Why the signal was aborted decides over what the work threw because of it. */
function toEnd(error: unknown, signal: AbortSignal): AttemptEnd {
  const reason: unknown = signal.aborted ? signal.reason : error;
  if (reason instanceof LeaseLostError) return { kind: "lost" };
  if (reason instanceof CancelledError) return { kind: "cancelled", reason: reasonOf(reason) };
  const { code, details: given } = toStreamerError(reason, "PROCESSING_FAILED");
  const details = asSent(reason instanceof TerminalError || reason instanceof RetryableError ? reason.details : given);
  return { kind: "failed", failure: { code, ...(details === undefined ? {} : { details }) }, cause: reason };
}

/** Details as they cross the wire. What is no JSON or too large for a message is left out: the failure must reach its client all the same. */
function asSent(details: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  if (details === undefined) return undefined;
  try {
    const text = JSON.stringify(details);
    return byteLength(text) + ENVELOPE_BYTES > MAX_MESSAGE_BYTES ? undefined : (JSON.parse(text) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

function reasonOf(error: CancelledError): string | undefined {
  const reason = error.details?.["reason"];
  return typeof reason === "string" ? reason : undefined;
}
