import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";

/** A real HTTP endpoint that takes PutEvents on this machine, for tests of what sends events by the SDK. */
export interface EventsEndpoint {
  readonly url: string;
  /** The entries of each call, refused and failed ones too. */
  readonly calls: readonly (readonly PutEventsRequestEntry[])[];
  /** The entry at this place of each call is refused with this code. */
  refuse(index: number, code: string): void;
  /** The next `times` calls are answered by this status. */
  fail(status: number, times: number): void;
  close(): Promise<void>;
}

export async function startEventsEndpoint(): Promise<EventsEndpoint> {
  const calls: (readonly PutEventsRequestEntry[])[] = [];
  const codes = new Map<number, string>();
  const failures: number[] = [];
  const answer = (body: string): { readonly status: number; readonly body: unknown } => {
    const { Entries: entries } = JSON.parse(body) as { Entries: readonly PutEventsRequestEntry[] };
    calls.push(entries);
    const status = failures.shift();
    if (status !== undefined) return { status, body: { __type: "InternalException", message: "no" } };
    const results = entries.map((_, index) => {
      const ErrorCode = codes.get(index);
      return ErrorCode === undefined ? { EventId: `event-${index}` } : { ErrorCode, ErrorMessage: "refused" };
    });
    return { status: 200, body: { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results } };
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answered = answer(await text(request));
    response.writeHead(answered.status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(answered.body));
  };
  const server = createServer((request, response) => {
    void respond(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    refuse: (index, code) => void codes.set(index, code),
    fail: (status, times) => void failures.push(...Array.from({ length: times }, () => status)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
