import { StreamerError, ERROR_CODES } from "@streamer/protocol";
import type { ErrorCode } from "@streamer/protocol";

export interface FailureAdvice {
  /** What the client was told. */
  readonly told: string;
  /** What to do about it. */
  readonly advice: string;
}

const ADVICE: Readonly<Record<ErrorCode, string>> = {
  VALIDATION_ERROR:
    "The stored payload does not fit the action's schema. Submit it anew as the schema wants it, or widen the schema and redrive.",
  INVALID_MESSAGE: "The client sent what the protocol has no place for. Compare the frame with PROTOCOL.md.",
  INVALID_ACTION: "Its action is not deployed here. Bring it back, then redrive.",
  UNAUTHORIZED: "The client needs a new token. Submit again with one.",
  FORBIDDEN: "The token lacks a permission of the action. Submit again with a token that has it.",
  NOT_FOUND: "What it asked for is not there, or is another user's.",
  DUPLICATE_REQUEST: "The id is taken by a request with another payload. Submit under a new id.",
  RATE_LIMITED: "Too much at once. Wait a moment, then redrive.",
  PAYLOAD_TOO_LARGE: "The payload is over the limit. Upload it as a file, and submit where it is.",
  RESULT_TOO_LARGE: "Its result is over the limit. Have the processor write a file, and return where it is.",
  TIMEOUT: 'Make it faster, or raise "timeout" in the definition of the action; then redrive.',
  CANCELLED: "Somebody cancelled it. Redrive it to have it done after all.",
  EXPIRED: "No worker started it in its time. See that its queue is read (the Flow page), then redrive.",
  WORKER_LOST: "Look at its log for memory that ran out or a crash, mend that, then redrive.",
  PROCESSING_FAILED: 'Mend what the reason tells of, then redrive: steps that "once" has done are not done again.',
  SERVICE_UNAVAILABLE: "Something that it needs did not answer. When that is back, redrive.",
  INTERNAL_ERROR:
    "The processor failed in a way that it did not foresee. The reason and the stack's terminal say more; mend it, then redrive.",
};

/** What to tell of an error code, and to do about it. Of one that this page does not know: that. */
export function failureAdvice(code: string): FailureAdvice {
  const known = ERROR_CODES.find((one) => one === code);
  if (known === undefined)
    return { told: "The action failed with a code of its own.", advice: "Look at the reason and the stack's terminal, then redrive." };
  return { told: new StreamerError(known).message, advice: ADVICE[known] };
}
