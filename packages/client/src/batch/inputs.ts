import { BATCH_ID_PATTERN, InvalidMessageError, MAX_BATCH_ITEMS } from "@streamer/protocol";
import { metadata as metadataCheck, tracing } from "../wire/sentMessages.ts";
import type { BatchEnvelope } from "./batchFrames.ts";
import type { BatchOptions } from "./types.ts";

/** The JSON text of an input; `undefined` when it has none. */
export function jsonOf(input: unknown): string | undefined {
  try {
    // Not every value has a text, though the declaration says so.
    const text: string | undefined = JSON.stringify(input);
    return text;
  } catch {
    return undefined;
  }
}

/** @throws {RangeError} when a batch cannot have so many inputs. */
export function checkSize(size: number): void {
  if (Number.isSafeInteger(size) && size >= 1 && size <= MAX_BATCH_ITEMS) return;
  throw new RangeError(`A batch has 1 to ${MAX_BATCH_ITEMS} inputs, not ${size}. Submit more in several batches, and none not at all.`);
}

/** @throws {InvalidMessageError} when the id, the metadata or what is for tracing is not as the protocol wants it. */
export function envelopeOf(action: string, id: string, { metadata, correlationId, traceparent }: BatchOptions): BatchEnvelope {
  if (!BATCH_ID_PATTERN.test(id)) throw invalid("the id of a batch is 1 to 60 characters of A-Z a-z 0-9 _ -");
  if (metadata !== undefined && !metadataCheck(metadata)) throw invalid("metadata: not as the protocol wants it");
  if (!tracing.correlation_id(correlationId)) throw invalid("correlation_id: not as the protocol wants it");
  if (!tracing.traceparent(traceparent)) throw invalid("traceparent: not as the protocol wants it");
  return {
    batch_id: id,
    action,
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
    ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

function invalid(reason: string): InvalidMessageError {
  return new InvalidMessageError({ details: { reason } });
}
