import {
  CORRELATION_ID_PATTERN,
  MAX_ACTION_NAME_CHARS,
  MAX_CANCEL_REASON_CHARS,
  MAX_METADATA_ENTRIES,
  MAX_METADATA_KEY_CHARS,
  MAX_METADATA_VALUE_CHARS,
  SHA256_PATTERN,
  TRACEPARENT_PATTERN,
} from "@streamer/protocol";
import type { ClientMessageInput } from "@streamer/protocol";
import { anything, count, optional, record, requestId, shape, text, textUpTo } from "./checks.ts";
import type { Check, Shape } from "./checks.ts";

type SentType = "request" | "upload" | "cancel" | "subscribe" | "authenticate" | "ping";

/** What this client sends. */
export type SentMessage = Extract<ClientMessageInput, { type: SentType }>;

const type = anything;
const action: Check = (value) => value !== "" && textUpTo(MAX_ACTION_NAME_CHARS)(value);
const like =
  (pattern: RegExp): Check =>
  (value) =>
    text(value) && pattern.test(value as string);
const content = {
  size_bytes: (value: unknown) => count(value) && value !== 0,
  sha256: like(SHA256_PATTERN),
};
export const metadata: Check = (value) => {
  if (!record(value)) return false;
  const entries = Object.entries(value as object);
  const fits = ([key, entry]: [string, unknown]): boolean =>
    key.length <= MAX_METADATA_KEY_CHARS && textUpTo(MAX_METADATA_VALUE_CHARS)(entry);
  return entries.length <= MAX_METADATA_ENTRIES && entries.every(fits);
};

/** By which a request is followed. */
export const tracing = { correlation_id: optional(like(CORRELATION_ID_PATTERN)), traceparent: optional(like(TRACEPARENT_PATTERN)) };

/** The protocol's own schemas say the same, and a test holds these against them: see `readMessage`. */
const SHAPES: { readonly [Type in SentType]: Shape<Extract<SentMessage, { type: Type }>> } = {
  request: {
    type,
    id: optional(requestId),
    action,
    payload: anything,
    uploaded: optional(shape(content)),
    metadata: optional(metadata),
    ...tracing,
  },
  upload: { type, request_id: requestId, action, ...content },
  cancel: { type, request_id: requestId, reason: optional(textUpTo(MAX_CANCEL_REASON_CHARS)) },
  subscribe: { type, request_id: requestId, after: optional(count) },
  authenticate: { type, token: (value) => text(value) && value !== "" },
  ping: { type },
};

/** The first field of a message that the server would not take. */
export function wrongField(message: SentMessage): string | undefined {
  const checks: Readonly<Record<string, Check>> = SHAPES[message.type];
  const fields: Readonly<Record<string, unknown>> = message;
  return Object.keys(checks).find((key) => checks[key]?.(fields[key]) === false);
}
