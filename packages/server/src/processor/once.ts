import { createHash } from "node:crypto";
import type { Logger } from "@aws-lambda-powertools/logger";
import { byteLength, TimeoutError } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { encodeKeyPart } from "../table/keys.ts";
import type { RequestRef, StoredRequest } from "../table/storedRequest.ts";
import { TerminalError } from "./errors.ts";
import type { StepStore } from "./stepStore.ts";

/**
 * Does something outside, such as charging a card, once over all attempts of a request, and gives its result: of the first time, in each
 * attempt that comes after it. What `run` throws is thrown, and the step may be done again.
 *
 * A worker that dies inside `run` may have done it or not. Once it can certainly not be at it any more, another attempt runs it again,
 * **with the same `key`**: give the key to the other side (`Idempotency-Key` and the like), and it is done once even then.
 *
 * @param name Of the step, one for each effect of a request: 1 to 64 of `A-Za-z0-9_-.`. Twice in one attempt is one step: the second
 * call gives the result of the first, and waits for it if need be.
 * @param run Gives JSON, or `undefined`, of at most 384 KB. What JSON changes (a `Date` becomes text) comes back changed, the first time
 * too. `key` is a UUID, the same in every attempt, of no other step.
 * @throws {RangeError} for a name that is none.
 * @throws {StepInProgressError} when an earlier attempt may still be at it. Let it pass: the request is tried again when that can be
 * no more, and this attempt is not counted.
 * @throws {StepResultError} when it was done and its result cannot be remembered. It is not done again: not in this attempt, nor in another.
 * @throws {TableError} when the table does not answer. The step was not begun.
 * @throws The signal's reason, when the attempt is to stop before the step begins.
 */
export type Once = <Result>(name: string, run: (key: string) => Promise<Result>) => Promise<Result>;

/**
 * The largest result of a step, as JSON. An item holds 400 KB, the names of its attributes included.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const MAX_STEP_RESULT_BYTES = 384 * 1024;

/** A step was done, but what it gave is no JSON or too large to be remembered. Final: another attempt could not have the result either. */
export class StepResultError extends TerminalError {
  constructor(step: string, problem: string) {
    super(`The step "${step}" was done and is not done again, but its result cannot be remembered: ${problem} Return less from it.`);
  }
}

export interface OnceOptions {
  /** Aborted when the attempt is to stop: no step begins then. */
  readonly signal: AbortSignal;
  /** Ms since 1970: when this attempt can certainly not run any more, even if it does not heed the signal. */
  readonly mayRunUntil: number;
}

export interface OnceDeps {
  readonly steps: StepStore;
  readonly clock: Pick<Clock, "now">;
  readonly logger: Pick<Logger, "warn">;
}

const STEP_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** The `once` of one attempt. */
export function createOnce(
  request: Pick<StoredRequest, "tenantId" | "requestId" | "attempt" | "expiresAt">,
  { signal, mayRunUntil }: OnceOptions,
  { steps, clock, logger }: OnceDeps,
): Once {
  const { tenantId, requestId, attempt, expiresAt } = request;
  const begun = new Map<string, Promise<string>>();

  const begin = async (name: string, run: (key: string) => Promise<unknown>): Promise<string> => {
    try {
      const work = async (): Promise<string> => {
        // What stopped the attempt while the table was asked.
        signal.throwIfAborted();
        return toText(await run(stepKey(request, name)));
      };
      return await steps.runOnce({ tenantId, requestId, attempt, expiresAt, mayRunUntil, name }, work, logger);
    } catch (error) {
      begun.delete(name);
      throw error;
    }
  };

  return async <Result>(name: string, run: (key: string) => Promise<Result>): Promise<Result> => {
    if (!STEP_NAME.test(name)) {
      throw new RangeError(`"${name}" cannot be a step's name. Use 1 to 64 characters of A-Z a-z 0-9 _ - .`);
    }
    signal.throwIfAborted();
    // The signal's timer may be late, when the work keeps the processor busy.
    if (clock.now() >= mayRunUntil) throw new TimeoutError();
    const text = begun.get(name) ?? begin(name, run);
    begun.set(name, text);
    return fromText(name, await text) as Result;
  };
}

/** What the other side knows the step by: a UUID of the kind that is made from one's own hash (RFC 9562, version 8). */
export function stepKey({ tenantId, requestId }: RequestRef, name: string): string {
  const hash = createHash("sha256")
    .update(`${encodeKeyPart(tenantId)}/${requestId}/${name}`)
    .digest("hex");
  const variant = ((Number.parseInt(hash.charAt(16), 16) & 0b0011) | 0b1000).toString(16);
  return [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `${variant}${hash.slice(17, 20)}`, hash.slice(20, 32)].join("-");
}

/** What is remembered of a step: its result, or why there is none to be had although it was done. */
type Remembered = { readonly result?: unknown } | { readonly problem: string };

function toText(result: unknown): string {
  let text: string;
  try {
    text = JSON.stringify({ result } satisfies Remembered);
  } catch (error) {
    return withoutResult(`it is no JSON (${error instanceof Error ? error.name : typeof error}).`);
  }
  const sizeBytes = byteLength(text);
  return sizeBytes <= MAX_STEP_RESULT_BYTES ? text : withoutResult(`${sizeBytes} bytes of JSON are over ${MAX_STEP_RESULT_BYTES}.`);
}

function withoutResult(problem: string): string {
  return JSON.stringify({ problem } satisfies Remembered);
}

function fromText(name: string, text: string): unknown {
  const remembered = JSON.parse(text) as Remembered;
  if ("problem" in remembered) throw new StepResultError(name, remembered.problem);
  return remembered.result;
}
