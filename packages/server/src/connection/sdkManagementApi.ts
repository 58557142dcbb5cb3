import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import type { ManagementApi, ManagementApiOptions } from "./managementApi.ts";

/** @connections by the AWS SDK. Its own retries are off: the connection manager decides what is worth trying again. */
export function createSdkManagementApi(options: ManagementApiOptions): ManagementApi {
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
