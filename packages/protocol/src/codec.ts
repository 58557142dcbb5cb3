import * as v from "valibot";
import { InvalidMessageError, ValidationError } from "./errors.ts";
import { isNestedDeeper, withoutInner } from "./jsonNesting.ts";
import { BATCH_ID_PATTERN, MAX_MESSAGE_BYTES, MAX_MESSAGE_NESTING, REQUEST_ID_PATTERN } from "./limits.ts";
import { clientMessage, gatewayFrame, serverMessage } from "./messages.ts";
import type { ClientMessage, ClientMessageInput, GatewayFrame, ServerMessage } from "./messages.ts";

/** A frame that could be read, or why not and for which request or batch, as far as that could be told. */
export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | {
      readonly ok: false;
      readonly error: InvalidMessageError | ValidationError;
      readonly requestId: string | undefined;
      readonly batchId: string | undefined;
    };

/** A reason quotes what was received; an answer must not grow with it. */
const MAX_REASON_CHARS = 512;

/** Fields of a message in which a wrong value is a `VALIDATION_ERROR`, as one is that only the server can tell: `after` of `subscribe`. */
const VALUE_FIELDS: ReadonlySet<string> = new Set(["after"]);

const utf8 = new TextEncoder();

/** Bytes of a text in UTF-8, which is what every limit counts. */
export function byteLength(text: string): number {
  return utf8.encode(text).byteLength;
}

/** Reads a client's frame. Size and nesting are checked before anything is parsed. Never throws. */
export function decodeClientMessage(text: string): Decoded<ClientMessage> {
  if (byteLength(text) <= MAX_MESSAGE_BYTES && isNestedDeeper(text, MAX_MESSAGE_NESTING)) {
    // The request's id stands at the surface: it is read without what is too deep.
    return invalid(`nested deeper than ${MAX_MESSAGE_NESTING} levels`, parseJson(withoutInner(text)));
  }
  return decode(text, clientMessage, "request");
}

/**
 * Reads a server's frame, or the platform's own.
 *
 * @returns the message; a gateway frame as such; or an error for what is neither. Never throws.
 */
export function decodeServerMessage(text: string): Decoded<ServerMessage> | { readonly ok: true; readonly gateway: GatewayFrame } {
  const decoded = decode(text, serverMessage, undefined);
  if (decoded.ok) return decoded;
  const frame = v.safeParse(gatewayFrame, parseJson(text));
  return frame.success ? { ok: true, gateway: frame.output } : decoded;
}

/** Writes a client's frame. @throws {v.ValiError} when the message does not fit the protocol: a defect of the caller. */
export function encodeClientMessage(message: ClientMessageInput): string {
  v.assert(clientMessage, message);
  return JSON.stringify(message);
}

/** Writes a server's frame. @throws {v.ValiError} when the message does not fit the protocol: a defect of the caller. */
export function encodeServerMessage(message: ServerMessage): string {
  v.assert(serverMessage, message);
  return JSON.stringify(message);
}

function decode<Message>(text: string, schema: v.GenericSchema<unknown, Message>, defaultType: string | undefined): Decoded<Message> {
  if (byteLength(text) > MAX_MESSAGE_BYTES) return invalid(`larger than ${MAX_MESSAGE_BYTES} bytes`);
  const value = parseJson(text);
  if (value === undefined) return invalid("not JSON");
  if (typeof value !== "object" || value === null || Array.isArray(value)) return invalid("not a JSON object");
  const typed = defaultType !== undefined && !Object.hasOwn(value, "type") ? { ...value, type: defaultType } : value;
  const parsed = v.safeParse(schema, typed);
  if (parsed.success) return { ok: true, message: parsed.output };
  const issue = parsed.issues[0];
  const path = v.getDotPath(issue);
  if (path !== null && VALUE_FIELDS.has(path)) return outOfRange(path, issue.message, value);
  return invalid(path === null ? issue.message : `${path}: ${issue.message}`, value);
}

function outOfRange(path: string, message: string, value: unknown): Decoded<never> {
  return {
    ok: false,
    error: new ValidationError({ details: { issues: [{ path, message: message.slice(0, MAX_REASON_CHARS) }] } }),
    ...subjectOf(value),
  };
}

function invalid(reason: string, value?: unknown): Decoded<never> {
  return {
    ok: false,
    error: new InvalidMessageError({ details: { reason: reason.slice(0, MAX_REASON_CHARS) } }),
    ...subjectOf(value),
  };
}

/** So that even a broken frame's error can name what it is about: its `id` or `request_id`, or its `batch_id`, when that much is well formed. */
function subjectOf(value: unknown): { readonly requestId: string | undefined; readonly batchId: string | undefined } {
  const requestId = textIn(value, "id", REQUEST_ID_PATTERN) ?? textIn(value, "request_id", REQUEST_ID_PATTERN);
  return { requestId, batchId: requestId === undefined ? textIn(value, "batch_id", BATCH_ID_PATTERN) : undefined };
}

function textIn(value: unknown, key: string, pattern: RegExp): string | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  const text: unknown = Reflect.get(value, key);
  return typeof text === "string" && pattern.test(text) ? text : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
