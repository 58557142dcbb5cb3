import { subscribe } from "node:diagnostics_channel";

/** Requests that were sent and have no response yet: of `node:http` (the AWS SDK) and of `fetch`. */
export interface OpenRequests {
  /** Those open now, oldest first. */
  list(): readonly object[];
  /** Calls back for each request created from now on, until the returned function is called. */
  onCreated(listener: (request: object) => void): () => void;
  /** Whether its owner has destroyed or aborted it before it had a response. The error that tells its owner may come a turn later. */
  isAbandoned(request: object): boolean;
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
  const responded = new WeakSet<object>();
  const onEnd = (message: unknown): void => void open.delete((message as RequestMessage).request);
  const onResponse = (message: unknown): void => {
    responded.add((message as RequestMessage).request);
    onEnd(message);
  };
  const isAbandoned = (request: object): boolean => {
    const { destroyed, aborted } = request as { destroyed?: unknown; aborted?: unknown };
    // Node also marks requests as destroyed that have run their course.
    return (destroyed === true || aborted === true) && !responded.has(request);
  };
  for (const channel of ["http.client.request.created", "undici:request:create"]) subscribe(channel, onStart);
  for (const channel of ["http.client.response.finish", "undici:request:headers"]) subscribe(channel, onResponse);
  for (const channel of ["http.client.request.error", "undici:request:error"]) subscribe(channel, onEnd);
  return {
    list: () => [...open].filter((request) => !isAbandoned(request)),
    onCreated(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    isAbandoned,
  };
}

/** Method, host, path and AWS operation. Never the query: it may hold a signature. */
export function describeRequest(request: object): string {
  const { method, origin, path, getHeader } = request as { [part in "method" | "origin" | "path" | "getHeader"]?: unknown };
  const header = (name: string): unknown => (typeof getHeader === "function" ? (getHeader.call(request, name) as unknown) : undefined);
  const text = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);
  const where = text(origin, text(header("host"), "unknown host"));
  const operation = text(header("x-amz-target"), "");
  return `HTTP ${text(method, "request")} ${where}${text(path, "").replace(/\?.*$/s, "")} ${operation}`.trimEnd();
}
