import type { Logger } from "@aws-lambda-powertools/logger";
import type { ServerMessage, StreamerError } from "@streamer/protocol";
import type { Routed } from "./routed.ts";

/** Answers of which there is a line already, and those that tell of no more than that the connection lives. */
export const LOGGED_REPLIES: ReadonlySet<ServerMessage["type"]> = new Set([
  "acknowledgment",
  "response",
  "upload",
  "batch",
  "error",
  "pong",
]);

/** What a frame is about, for the log. Not a topic's name: it is the client's own text. */
export function idsOf(message: Routed["message"]): Readonly<Record<string, string>> {
  if ("batch_id" in message) return { batch_id: message.batch_id };
  return "request_id" in message ? { request_id: message.request_id } : {};
}

/** What an error is about, as far as the message says. */
interface Subject {
  readonly request_id?: string | undefined;
  readonly batch_id?: string | undefined;
  readonly topic?: string | undefined;
}

interface RefusalLog {
  readonly logger: Logger;
  /** Since the frame came. */
  readonly tookMs: number;
}

/** The answer to a frame that was not taken, and its line in the log. */
export function refusal(error: StreamerError, thrown: unknown, about: Subject, { logger, tookMs }: RefusalLog): ServerMessage {
  const ours = error.code === "INTERNAL_ERROR" || error.code === "SERVICE_UNAVAILABLE";
  if (ours) logger.error("A message could not be answered.", { code: error.code, duration_ms: tookMs, error: thrown as Error });
  else logger.info("A message was refused.", { code: error.code, duration_ms: tookMs });
  const subject = Object.fromEntries(Object.entries(about).filter(([, id]) => id !== undefined));
  return { type: "error", ...subject, error: error.toBody() };
}

export function subjectOf(message: Routed["message"]): Subject {
  if (message.type === "request") return { request_id: message.id };
  if ("batch_id" in message) return { batch_id: message.batch_id };
  if ("topic" in message) return { topic: message.topic };
  return "request_id" in message ? { request_id: message.request_id } : {};
}
