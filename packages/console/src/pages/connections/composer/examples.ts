import type { ServerMessage } from "@streamer/protocol";
import type { ConnectionView } from "../../../contract.ts";

export interface MessageExample {
  readonly title: string;
  readonly message: ServerMessage;
}

/** Messages that fit this connection: about its requests and topics where it has such. */
export function examplesFor({ requests, topics }: Pick<ConnectionView, "requests" | "topics">, now: number): readonly MessageExample[] {
  const [requestId] = requests;
  const timestamp = Math.floor(now / 1_000);
  const topic = topics[0] ?? "news";
  return [
    {
      title: topics.length > 0 ? "Event of its topic" : "Event of a topic",
      message: { type: "event", topic, events: [{ id: `console-${timestamp}`, data: { text: "Hello from the console" }, timestamp }] },
    },
    ...(requestId === undefined ? [] : [{ title: "Status of its request", message: statusOf(requestId) }]),
    { title: "Error of no request", message: { type: "error", error: TOO_MANY } },
    { title: "Pong", message: { type: "pong" } },
  ];
}

const TOO_MANY = { code: "RATE_LIMITED", message: "A message from the console: too many at once.", retryable: true };

function statusOf(requestId: string): ServerMessage {
  return { type: "status", request_id: requestId, status: "processing", attempt: 1 };
}
