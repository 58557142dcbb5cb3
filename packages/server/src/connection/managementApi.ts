import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";

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
 * @connections by the AWS SDK. The SDK's own retries are off: the connection manager decides what is worth trying again.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function createManagementApi(options: ManagementApiOptions): ManagementApi {
  const client = new ApiGatewayManagementApiClient({ endpoint: options.endpoint, maxAttempts: 1 });
  return {
    async post(connectionId, data) {
      await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: data }));
    },
    async get(connectionId) {
      await client.send(new GetConnectionCommand({ ConnectionId: connectionId }));
    },
    async disconnect(connectionId) {
      await client.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
    },
  };
}
