import type { AnyStreamerError } from "@streamer/protocol";

/** How long the server asks to wait: `details.retry_after` of its error, there in seconds. 0 when it does not say. */
export function retryAfterMs({ details }: AnyStreamerError): number {
  const seconds = details?.["retry_after"];
  return typeof seconds === "number" && seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : 0;
}
