import type { ApiGatewayManagementApiClientConfig } from "@aws-sdk/client-apigatewaymanagementapi";
import type { CaptureClient } from "../observability/tracing/sdkClient.ts";

/** The three calls of API Gateway's @connections, as the manager needs them. They reject with what the SDK throws, at once when aborted. */
export interface ManagementApi {
  /**
   * Sends a text frame to a connection.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
   */
  post(connectionId: string, data: string, signal?: AbortSignal): Promise<void>;
  /** Resolves when the connection is open. */
  get(connectionId: string, signal?: AbortSignal): Promise<void>;
  /** Closes the connection. */
  disconnect(connectionId: string, signal?: AbortSignal): Promise<void>;
  /** Gives up the sockets; calls that are under way fail. */
  close(): void;
}

/** Which API is called, and how long its calls may take. */
export interface ManagementApiOptions {
  /** Of the API itself, `https://<api>.execute-api.<region>.amazonaws.com/<stage>`: a custom domain's name does not work. */
  readonly endpoint: string;
  /** Default: what the SDK finds in its environment, as in a function. Set by tools that run elsewhere, such as `streamer connections`. */
  readonly client?: Pick<ApiGatewayManagementApiClientConfig, "region" | "credentials">;
  /** Sockets that are kept open and shared by all calls. Default 100 (S-037). */
  readonly maxSockets?: number;
  /** Until a new socket is connected. Default 1,000 ms. */
  readonly connectionTimeoutMs?: number;
  /** One call, from its start to the answer's head. Default 3,000 ms; beyond it the call counts as a failure of the network. */
  readonly requestTimeoutMs?: number;
  /** Done to the client when it is made, to trace its calls. Default: nothing. */
  readonly captureClient?: CaptureClient;
}

/**
 * @connections by the AWS SDK, whose client is loaded when there is something to send.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function createManagementApi(options: ManagementApiOptions): ManagementApi {
  let loading: Promise<ManagementApi> | undefined;
  let loaded: ManagementApi | undefined;
  const api = (): Promise<ManagementApi> =>
    (loading ??= import("./sdkManagementApi.ts").then(({ createSdkManagementApi }) => (loaded = createSdkManagementApi(options))));
  return {
    post: async (...args) => (await api()).post(...args),
    get: async (...args) => (await api()).get(...args),
    disconnect: async (...args) => (await api()).disconnect(...args),
    close: () => loaded?.close(),
  };
}

/** One client, with its sockets, for each endpoint that is asked for: connections of two stages, or of two APIs, do not mix. */
export function createManagementApis(options: Omit<ManagementApiOptions, "endpoint"> = {}): (endpoint: string) => ManagementApi {
  const apis = new Map<string, ManagementApi>();
  return (endpoint) => {
    const api = apis.get(endpoint) ?? createManagementApi({ ...options, endpoint });
    apis.set(endpoint, api);
    return api;
  };
}
