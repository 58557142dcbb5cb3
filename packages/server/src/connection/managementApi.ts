/** The three calls of API Gateway's @connections, as the manager needs them. They reject with what the SDK throws. */
export interface ManagementApi {
  post(connectionId: string, data: string): Promise<void>;
  get(connectionId: string): Promise<void>;
  disconnect(connectionId: string): Promise<void>;
}

export interface ManagementApiOptions {
  /** Of the API itself, `https://<api>.execute-api.<region>.amazonaws.com/<stage>`: a custom domain's name does not work. */
  readonly endpoint: string;
}

/**
 * @connections by the AWS SDK, whose client is loaded when there is something to send.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function createManagementApi(options: ManagementApiOptions): ManagementApi {
  let loading: Promise<ManagementApi> | undefined;
  const api = (): Promise<ManagementApi> =>
    (loading ??= import("./sdkManagementApi.ts").then(({ createSdkManagementApi }) => createSdkManagementApi(options)));
  return {
    post: async (connectionId, data) => (await api()).post(connectionId, data),
    get: async (connectionId) => (await api()).get(connectionId),
    disconnect: async (connectionId) => (await api()).disconnect(connectionId),
  };
}
