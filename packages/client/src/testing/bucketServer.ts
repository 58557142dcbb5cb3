import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** An HTTP request as it came, still without an answer. */
export interface BucketRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  answer(status: number, body?: string): void;
  /** Resolves when the client has broken it off. */
  readonly aborted: Promise<void>;
}

/** Where payloads are uploaded to and results are downloaded from, played by a test. */
export interface BucketServer {
  readonly url: string;
  /** How many requests have come. */
  readonly count: number;
  /** The next request, as soon as it is there. */
  next(): Promise<BucketRequest>;
}

/** Closed when the test has finished. */
export async function startBucketServer(): Promise<BucketServer> {
  const waiting: BucketRequest[] = [];
  const takers: ((request: BucketRequest) => void)[] = [];
  let count = 0;
  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    count += 1;
    const aborted = new Promise<void>((resolve) => void response.once("close", resolve));
    const { method, url: path, headers } = request;
    const body = await text(request);
    const received: BucketRequest = {
      method,
      path,
      headers,
      body,
      answer: (status, answer = "") => void response.writeHead(status).end(answer),
      aborted,
    };
    const take = takers.shift();
    if (take === undefined) waiting.push(received);
    else take(received);
  };
  const http = createServer((request, response) => {
    // A request that is broken off while it is read is none.
    onRequest(request, response).catch(() => {});
  });
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    get count() {
      return count;
    },
    next() {
      const request = waiting.shift();
      return request === undefined ? new Promise((resolve) => void takers.push(resolve)) : Promise.resolve(request);
    },
  };
}
