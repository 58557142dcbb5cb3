import { BATCH_ID_PATTERN, REQUEST_ID_PATTERN, REQUEST_STATUSES, TOPIC_PATTERN } from "@streamer/protocol";

/** Whether a value is as the protocol wants it. */
export type Check = (value: unknown) => boolean;

/** A check for each field of a message: the compiler misses one that the protocol gets. */
export type Shape<Message> = { readonly [Key in keyof Message]-?: Check };

export const text: Check = (value) => typeof value === "string";
export const flag: Check = (value) => typeof value === "boolean";
export const anything: Check = () => true;
export const present: Check = (value) => value !== undefined;
export const record: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const percentage: Check = (value) => typeof value === "number" && value >= 0 && value <= 100;
export const requestId: Check = (value) => typeof value === "string" && REQUEST_ID_PATTERN.test(value);
export const batchId: Check = (value) => typeof value === "string" && BATCH_ID_PATTERN.test(value);
export const topic: Check = (value) => typeof value === "string" && TOPIC_PATTERN.test(value);
export const status: Check = (value) => (REQUEST_STATUSES as readonly unknown[]).includes(value);

export function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

export function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

export function textUpTo(chars: number): Check {
  return (value) => typeof value === "string" && value.length <= chars;
}

export function textsByName(value: unknown): boolean {
  return record(value) && Object.values(value as object).every(text);
}

/** An object with these fields; others are not looked at, as a newer server may send more. */
export function shape(fields: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(fields);
  return (value) => record(value) && entries.every(([key, check]) => check((value as Record<string, unknown>)[key]));
}
