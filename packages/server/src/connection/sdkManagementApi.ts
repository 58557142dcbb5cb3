import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { ManagementApi, ManagementApiOptions } from "./managementApi.ts";

/** @connections by the AWS SDK. Its own retries are off: the connection manager decides what is worth trying again. */
export function createSdkManagementApi(options: ManagementApiOptions): ManagementApi {
  const agent = { keepAlive: true, maxSockets: options.maxSockets ?? 100 };
  const client = new ApiGatewayManagementApiClient({
    ...options.client,
    endpoint: options.endpoint,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      httpsAgent: agent,
      // The local stack's endpoint is not encrypted.
      httpAgent: agent,
      connectionTimeout: options.connectionTimeoutMs ?? 1_000,
      requestTimeout: options.requestTimeoutMs ?? 3_000,
      // Without it the timeout is a line in the log and no more.
      throwOnRequestTimeout: true,
    }),
  });
  options.captureClient?.(client);
  const abortedBy = (signal?: AbortSignal) => (signal === undefined ? {} : { abortSignal: signal });
  return {
    async post(connectionId, data, signal) {
      await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: data }), abortedBy(signal));
    },
    async get(connectionId, signal) {
      await client.send(new GetConnectionCommand({ ConnectionId: connectionId }), abortedBy(signal));
    },
    async disconnect(connectionId, signal) {
      await client.send(new DeleteConnectionCommand({ ConnectionId: connectionId }), abortedBy(signal));
    },
    close: () => client.destroy(),
  };
}
