import { MAX_PROGRESS_MESSAGE_CHARS } from "@streamer/protocol";
import type { GatewayFrame, ServerMessage } from "@streamer/protocol";
import {
  anything,
  batchId,
  count,
  flag,
  listOf,
  optional,
  percentage,
  present,
  record,
  requestId,
  shape,
  status,
  text,
  textUpTo,
  textsByName,
  topic,
} from "./checks.ts";
import type { Check, Shape } from "./checks.ts";

/** The messages that a page reads which uses neither topics nor batches. The others' checks come with the code that uses them. */
type CoreType = Exclude<ServerMessage["type"], "subscribed_topic" | "unsubscribed_topic" | "event" | "presence" | "batch">;
/** Its check is the same in all, and added to each. */
type Untraced<Message> = Message extends unknown ? Omit<Message, "correlation_id"> : never;
type Named<Type> = Extract<ServerMessage, { type: Type }>;

/** The protocol's own schemas are a third of what a page would load. These say the same in less, and a test holds them against those. */
export const errorBody: Check = shape({ code: text, message: text, retryable: flag, details: optional(record) });
const type = anything;
const update = { type, request_id: requestId, sequence: count, previous: count, attempt: count };
const message = textUpTo(MAX_PROGRESS_MESSAGE_CHARS);
const last_sequence = optional(count);

const SHAPES = {
  response: { type, request_id: requestId, success: flag, data: anything, error: anything },
  acknowledgment: { type, request_id: requestId, status, duplicate: optional(flag) },
  upload: { type, request_id: requestId, url: text, headers: textsByName, expires_at: count },
  progress: { ...update, percentage, message, metadata: optional(record), timestamp: count },
  chunk: { ...update, data: (value) => Array.isArray(value) && value.length > 0 },
  status: { type, request_id: requestId, status, attempt: count, retry_at: optional(count) },
  complete: { type, request_id: requestId, result: (value) => delivered(value) || referred(value), timestamp: count, last_sequence },
  error: {
    type,
    request_id: optional(requestId),
    batch_id: optional(batchId),
    topic: optional(topic),
    error: errorBody,
    final: optional(flag),
    last_sequence,
  },
  cancelled: { type, request_id: requestId, reason: optional(text), last_sequence },
  subscribed: {
    type,
    request_id: requestId,
    status,
    gap: optional((value) => isMessage(value, ["gap"])),
    updates: listOf((value) => isMessage(value, ["progress", "chunk"])),
    more: flag,
    outcome: optional((value) => isMessage(value, ["complete", "error", "cancelled"])),
  },
  unsubscribed: { type, request_id: requestId },
  gap: {
    type,
    request_id: requestId,
    from: count,
    to: count,
    snapshot: optional(shape({ percentage, message, timestamp: count })),
  },
  authenticated: { type, expires_at: count },
  pong: { type },
} satisfies { readonly [Type in CoreType]: Shape<Untraced<Named<Type>>> };

const delivered: Check = shape({ success: (value) => value === true, data: present });
const referred: Check = shape({
  success: (value) => value === true,
  reference: shape({ url: text, size_bytes: (value) => count(value) && value !== 0, files: optional(textsByName) }),
});
const gatewayFrame = shape({ message: text, connectionId: text, requestId: text });

const CHECKS: ReadonlyMap<unknown, Check> = new Map(
  Object.entries(SHAPES).map(([name, fields]) => [name, shape({ ...fields, correlation_id: optional(text) })]),
);

/**
 * Reads a frame of the server, or the platform's own. `undefined` for what is neither, as messages of a newer server may be. Never throws.
 *
 * @param more the checks of messages that are not known here, by type.
 */
export function readMessage(frame: string, more?: ReadonlyMap<unknown, Check>): ServerMessage | GatewayFrame | undefined {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return undefined;
  }
  if (isMessage(value)) return value;
  if (record(value) && more?.get((value as { readonly type?: unknown }).type)?.(value) === true) return value as ServerMessage;
  return gatewayFrame(value) ? (value as GatewayFrame) : undefined;
}

/** @param types those that may be; all that are known here, when it is left out. */
export function isMessage(value: unknown, types?: readonly ServerMessage["type"][]): value is ServerMessage {
  if (!record(value)) return false;
  const { type: name } = value as { readonly type?: unknown };
  if (types !== undefined && !(types as readonly unknown[]).includes(name)) return false;
  if (CHECKS.get(name)?.(value) !== true) return false;
  return name !== "response" || hasAnswer(value as { readonly success: boolean; readonly data?: unknown; readonly error?: unknown });
}

/** The two forms of a response. */
function hasAnswer(response: { readonly success: boolean; readonly data?: unknown; readonly error?: unknown }): boolean {
  return response.success ? present(response.data) : errorBody(response.error);
}
