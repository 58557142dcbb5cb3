import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";

/** PutEvents takes no more entries at a time. @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export const MAX_ENTRIES = 10;
/** All entries of one call together. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
export const MAX_REQUEST_BYTES = 256 * 1024;
/** What a Time costs in AWS's calculation of an entry's size. */
const TIME_BYTES = 14;

/** An event as rules see it and targets receive it. */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The whole call is refused, as by AWS with status 400. */
export class BusValidationError extends Error {
  override readonly name = "ValidationException";
}

/** Why AWS does not take an entry; the others of the call are taken. */
export interface EntryError {
  readonly errorCode: "InvalidArgument" | "MalformedDetail" | "NotAuthorizedForSourceException";
  readonly errorMessage: string;
}

/** @throws {BusValidationError} for no entries, more than 10, or more than 256 KB. */
export function validateRequest(entries: readonly PutEventsRequestEntry[]): void {
  if (entries.length === 0 || entries.length > MAX_ENTRIES) {
    throw new BusValidationError(`PutEvents takes 1 to ${MAX_ENTRIES} entries; this call has ${entries.length}. Split it.`);
  }
  const sizeBytes = entries.reduce((sum, entry) => sum + entrySizeBytes(entry), 0);
  if (sizeBytes > MAX_REQUEST_BYTES) {
    throw new BusValidationError(
      `PutEvents takes ${MAX_REQUEST_BYTES} bytes; this call has ${sizeBytes}. Put ids on the bus, not payloads.`,
    );
  }
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html ("Calculating event entry size") */
export function entrySizeBytes(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source ?? "", entry.DetailType ?? "", entry.Detail ?? "", ...(entry.Resources ?? [])];
  return (entry.Time === undefined ? 0 : TIME_BYTES) + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

export interface EnvelopeContext {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly nowMs: number;
}

/** The event of an entry, or why there is none. */
export function toBusEvent(entry: PutEventsRequestEntry, context: EnvelopeContext): BusEvent | EntryError {
  const { Source: source, DetailType: detailType, Detail: detailText } = entry;
  if (!source) return required("Source");
  if (!detailType) return required("DetailType");
  if (!detailText) return required("Detail");
  if (source.startsWith("aws.")) return { errorCode: "NotAuthorizedForSourceException", errorMessage: "Not authorized for the source." };
  const detail = parseObject(detailText);
  if (detail === undefined) return { errorCode: "MalformedDetail", errorMessage: "Detail is malformed." };
  const time = new Date(entry.Time ?? context.nowMs);
  return {
    version: "0",
    id: context.id,
    "detail-type": detailType,
    source,
    account: context.account,
    time: `${time.toISOString().slice(0, 19)}Z`,
    region: context.region,
    resources: entry.Resources ?? [],
    detail,
  };
}

function required(parameter: string): EntryError {
  return {
    errorCode: "InvalidArgument",
    errorMessage: `Parameter ${parameter} is not valid. Reason: ${parameter} is a required argument.`,
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
