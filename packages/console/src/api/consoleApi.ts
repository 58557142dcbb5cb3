import { CONSOLE_HEADER } from "../contract.ts";
import type {
  AppView,
  ChaosChange,
  ChaosView,
  ConnectionView,
  DeadLetters,
  FlowView,
  Page,
  RequestDetail,
  RequestRow,
  TokenRequest,
} from "../contract.ts";
import { consoleCallError } from "./consoleCallError.ts";

/** Which requests are listed. What is absent does not filter. */
export interface RequestFilter {
  readonly status?: string | undefined;
  readonly action?: string | undefined;
  readonly user?: string | undefined;
  /** A part of the id. */
  readonly text?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export type RequestCommand = "cancel" | "redrive" | "kill-worker";
export type ConnectionCommand = "disconnect" | "drop";

/** The local stack's console API. Every call rejects with a `ConsoleCallError`, whose message is a sentence for a person. */
export interface ConsoleApi {
  app(signal?: AbortSignal): Promise<AppView>;
  token(who: TokenRequest): Promise<string>;
  requests(filter: RequestFilter, signal?: AbortSignal): Promise<Page<RequestRow>>;
  request(tenantId: string, requestId: string, signal?: AbortSignal): Promise<RequestDetail>;
  commandRequest(tenantId: string, requestId: string, command: RequestCommand): Promise<void>;
  connections(cursor?: string, signal?: AbortSignal): Promise<Page<ConnectionView>>;
  commandConnection(connectionId: string, command: ConnectionCommand): Promise<void>;
  /** Sends a server message to one connection, as it is. */
  sendTo(connectionId: string, message: unknown): Promise<void>;
  deadLetters(signal?: AbortSignal): Promise<DeadLetters>;
  redriveAll(): Promise<{ readonly redriven: number }>;
  flow(signal?: AbortSignal): Promise<FlowView>;
  chaos(signal?: AbortSignal): Promise<ChaosView>;
  changeChaos(change: ChaosChange): Promise<ChaosView>;
  /** The stream of `ConsoleEvent`s, as bytes. */
  events(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

export interface ConsoleApiConfig {
  /** Where the API is, with a slash at its end. */
  readonly baseUrl: string;
  /** The run's token. */
  readonly runToken: string;
}

export function createConsoleApi({ baseUrl, runToken }: ConsoleApiConfig, deps: { readonly fetch: typeof fetch }): ConsoleApi {
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...(init.body === undefined ? {} : { "content-type": "application/json" }), [CONSOLE_HEADER]: runToken };
    let response: Response;
    try {
      response = await deps.fetch(`${baseUrl}${path}`, { ...init, headers });
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw consoleCallError(undefined, cause);
    }
    if (!response.ok) throw consoleCallError(response.status, await response.json().catch(() => undefined));
    return response;
  };
  /** The stack checks what it sends against the same contract. */
  const get = async <Answer>(path: string, signal?: AbortSignal): Promise<Answer> =>
    (await (await call(path, signal === undefined ? {} : { signal })).json()) as Answer;
  const post = (path: string, body: unknown = {}): Promise<Response> => call(path, { method: "POST", body: JSON.stringify(body) });
  const postForAnswer = async <Answer>(path: string, body?: unknown): Promise<Answer> => (await (await post(path, body)).json()) as Answer;
  const requestPath = (tenantId: string, requestId: string): string =>
    `requests/${encodeURIComponent(tenantId)}/${encodeURIComponent(requestId)}`;
  const connectionPath = (connectionId: string): string => `connections/${encodeURIComponent(connectionId)}`;
  return {
    app: (signal) => get("app", signal),
    token: async (who) => (await postForAnswer<{ readonly token: string }>("token", who)).token,
    requests: (filter, signal) => get(`requests${queryOf(filter)}`, signal),
    request: (tenantId, requestId, signal) => get(requestPath(tenantId, requestId), signal),
    commandRequest: async (tenantId, requestId, command) => void (await post(`${requestPath(tenantId, requestId)}/${command}`)),
    connections: (cursor, signal) => get(`connections${queryOf({ cursor })}`, signal),
    commandConnection: async (connectionId, command) => void (await post(`${connectionPath(connectionId)}/${command}`)),
    sendTo: async (connectionId, message) => void (await post(`${connectionPath(connectionId)}/send`, message)),
    deadLetters: (signal) => get("dead-letters", signal),
    redriveAll: () => postForAnswer("dead-letters/redrive"),
    flow: (signal) => get("flow", signal),
    chaos: (signal) => get("chaos", signal),
    changeChaos: (change) => postForAnswer("chaos", change),
    async events(signal) {
      const { body } = await call("events", { signal });
      if (body === null) throw consoleCallError(undefined, undefined);
      return body;
    },
  };
}

function queryOf(values: RequestFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== "") query.set(name, String(value));
  return query.size === 0 ? "" : `?${query.toString()}`;
}
