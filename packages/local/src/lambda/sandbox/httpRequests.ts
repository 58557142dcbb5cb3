import { subscribe } from "node:diagnostics_channel";

/** Requests that were sent and have no response yet: of `node:http` (the AWS SDK) and of `fetch`. */
export interface OpenRequests {
  /** Those open now, oldest first. */
  list(): readonly object[];
  /** Calls back for each request created from now on, until the returned function is called. */
  onCreated(listener: (request: object) => void): () => void;
}

interface RequestMessage {
  readonly request: object;
}

/**
 * Watches the diagnostics channels of Node's HTTP clients for the rest of the thread's life.
 *
 * A request counts until the first byte of its response: by then its effect is done, and a body that nobody reads loses nothing.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#built-in-channels
 */
export function watchOpenRequests(): OpenRequests {
  const open = new Set<object>();
  const listeners = new Set<(request: object) => void>();
  const onStart = (message: unknown): void => {
    const { request } = message as RequestMessage;
    open.add(request);
    for (const listener of listeners) listener(request);
  };
  const onEnd = (message: unknown): void => void open.delete((message as RequestMessage).request);
  for (const channel of ["http.client.request.created", "undici:request:create"]) subscribe(channel, onStart);
  for (const channel of [
    "http.client.response.finish",
    "http.client.request.error",
    "undici:request:headers",
    "undici:request:trailers",
    "undici:request:error",
  ]) {
    subscribe(channel, onEnd);
  }
  return {
    list() {
      // A request that its owner has destroyed is over, though its error comes a turn later.
      for (const request of open) if ("destroyed" in request && request.destroyed === true) open.delete(request);
      return [...open];
    },
    onCreated(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Method, host, path and AWS operation. Never the query: it may hold a signature. */
export function describeRequest(request: object): string {
  const { method, host, origin, path, getHeader } = request as Partial<
    Record<"method" | "host" | "origin" | "path", unknown> & { getHeader: (name: string) => unknown }
  >;
  const where = [origin, host].find((part) => typeof part === "string") ?? "unknown host";
  const route = typeof path === "string" ? path.replace(/\?.*$/s, "") : "";
  const target = typeof getHeader === "function" ? getHeader.call(request, "x-amz-target") : undefined;
  const operation = typeof target === "string" ? ` ${target}` : "";
  return `HTTP ${typeof method === "string" ? method : "request"} ${where}${route}${operation}`;
}
