import type { IncomingMessage, ServerResponse } from "node:http";
import { CLOSED_NORMALLY } from "./closings.ts";
import type { Connection } from "./connection.ts";
import type { GatewayFaults } from "./faults.ts";
import { FORBIDDEN, GONE, INTERNAL, LIMIT_EXCEEDED, PAYLOAD_TOO_LARGE, respondWithError } from "./errors.ts";
import type { AwsError } from "./errors.ts";
import type { Registry } from "./registry.ts";
import type { GatewayLimits, GatewayObserver } from "./types.ts";

export interface ManagementApiOptions {
  readonly connections: Registry;
  readonly limits: GatewayLimits;
  readonly newId: () => string;
  readonly faults?: GatewayFaults | undefined;
  readonly observer?: GatewayObserver | undefined;
}

/** Answers a request to `@connections/<connection id>`. Rejects only when the request breaks off. */
export type ManagementApi = (request: IncomingMessage, response: ServerResponse, encodedConnectionId: string) => Promise<void>;

/** The shape of a SigV4 header. The signature itself is not checked: any credentials will do on one machine. */
const SIGNED = /^AWS4-HMAC-SHA256 Credential=\S+\/aws4_request, ?SignedHeaders=\S+, ?Signature=[0-9a-f]{64}$/;

/**
 * The @connections API of API Gateway: POST sends, GET tells, DELETE closes.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function createManagementApi({ connections, limits, newId, faults, observer }: ManagementApiOptions): ManagementApi {
  const post = async (request: IncomingMessage, id: string): Promise<AwsError | undefined> => {
    const data = await readBody(request, limits.maxMessageBytes);
    if (data === undefined) return PAYLOAD_TOO_LARGE;
    const error = await deliver(request, id, data);
    observer?.onPost(id, data, error?.statusCode ?? 200);
    return error;
  };

  const deliver = async (request: IncomingMessage, id: string, data: Buffer): Promise<AwsError | undefined> => {
    const connection = connections.findOpen(id);
    if (connection === undefined) return GONE;
    const invocationId = request.headers["amz-sdk-invocation-id"];
    const fate = await faults?.onPost(data.toString(), String(invocationId ?? newId()));
    if (fate === "throttle") return LIMIT_EXCEEDED;
    if (fate === "fail") return INTERNAL;
    if (fate === "gone") connection.terminate();
    if (!connection.open) return GONE;
    if (connection.bufferedBytes > limits.maxBufferedBytes) return LIMIT_EXCEEDED;
    connection.send(data);
    return undefined;
  };

  return async (request, response, encodedConnectionId) => {
    const requestId = newId();
    const fail = (error: AwsError): void => respondWithError(response, error, requestId);
    const id = decodeId(encodedConnectionId);
    if (!SIGNED.test(request.headers.authorization ?? "")) return fail(FORBIDDEN);
    response.setHeader("x-amzn-RequestId", requestId);

    if (request.method === "POST") {
      const error = await post(request, id);
      return error === undefined ? void response.writeHead(200).end() : fail(error);
    }
    const connection = connections.findOpen(id);
    if (request.method === "GET") {
      return connection === undefined ? fail(GONE) : respondWithConnection(response, connection);
    }
    if (request.method === "DELETE") {
      if (connection === undefined) return fail(GONE);
      connection.close(CLOSED_NORMALLY);
      return void response.writeHead(204).end();
    }
    return fail(FORBIDDEN);
  };
}

function respondWithConnection(response: ServerResponse, connection: Connection): void {
  const { sourceIp, userAgent = "" } = connection.identity;
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end(
    JSON.stringify({
      connectedAt: new Date(connection.connectedAt).toISOString(),
      identity: { sourceIp, userAgent },
      lastActiveAt: new Date(connection.lastActiveAt).toISOString(),
    }),
  );
}

/** An id that cannot be decoded is no connection's id: it stays as it is, and will not be found. */
function decodeId(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** The whole body; undefined when it is larger. It is read to its end in any case, so that the client gets to read the answer. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= maxBytes) chunks.push(chunk);
  }
  return sizeBytes <= maxBytes ? Buffer.concat(chunks) : undefined;
}
