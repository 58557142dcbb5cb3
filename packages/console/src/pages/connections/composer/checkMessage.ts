import { byteLength, decodeServerMessage, MAX_MESSAGE_BYTES } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";

/** Whether a text can be sent as a server message: the stack sends what the protocol has, and nothing else. */
export type MessageCheck =
  | { readonly sendable: true; readonly message: ServerMessage }
  /** A sentence: what is wrong with it. */
  | { readonly sendable: false; readonly sentence: string };

/** A longer reason lists all that there is: it would hide the sentence. */
const MAX_REASON_CHARS = 120;

export function checkMessage(text: string): MessageCheck {
  const sizeBytes = byteLength(text);
  if (sizeBytes > MAX_MESSAGE_BYTES) {
    return { sendable: false, sentence: `It has ${sizeBytes} bytes, and a message has ${MAX_MESSAGE_BYTES} at most. Shorten it.` };
  }
  const decoded = decodeServerMessage(text);
  if (decoded.ok && "message" in decoded) return { sendable: true, message: decoded.message };
  const reason: unknown = decoded.ok ? "it is one of the platform's own" : decoded.error.details?.["reason"];
  const why = typeof reason === "string" && reason.length <= MAX_REASON_CHARS ? ` (${reason})` : "";
  return { sendable: false, sentence: `No message that a server sends${why}. PROTOCOL.md has their types; begin with an example.` };
}
