import { STATUS_CODES } from "node:http";
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** The port is in use by another process. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
  readonly port: number;

  constructor(port: number, host: string, options?: ErrorOptions) {
    super(`Port ${port} on ${host} is already in use. Choose another with --port.`, options);
    this.port = port;
  }
}

/** The gateway was asked to listen on an address that other machines can reach. */
export class NotLoopbackError extends Error {
  override readonly name = "NotLoopbackError";
  readonly host: string;

  constructor(host: string) {
    super(`The local gateway does not listen on ${host}: it checks no signatures, so only loopback addresses such as 127.0.0.1 are safe.`);
    this.host = host;
  }
}

/** An error of AWS's REST-JSON protocol: SDK clients throw it under its name. */
export interface AwsError {
  readonly statusCode: number;
  readonly name: string;
  readonly message: string;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
export const FORBIDDEN: AwsError = { statusCode: 403, name: "ForbiddenException", message: "Forbidden" };
export const GONE: AwsError = { statusCode: 410, name: "GoneException", message: "Gone" };
export const PAYLOAD_TOO_LARGE: AwsError = { statusCode: 413, name: "PayloadTooLargeException", message: "Message too long" };
export const LIMIT_EXCEEDED: AwsError = { statusCode: 429, name: "LimitExceededException", message: "Too Many Requests" };
export const INTERNAL: AwsError = { statusCode: 500, name: "InternalServerErrorException", message: "Internal server error" };

/** Answers a plain HTTP request with an error. */
export function respondWithError(response: ServerResponse, error: AwsError, requestId: string): void {
  const body = JSON.stringify({ __type: error.name, message: error.message });
  response.writeHead(error.statusCode, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "x-amzn-ErrorType": error.name,
    "x-amzn-RequestId": requestId,
  });
  response.end(body);
}

/** Answers an upgrade request with a status (200 to 599) instead of a WebSocket, and ends its socket. */
export function refuseUpgrade(socket: Duplex, statusCode: number): void {
  const statusText = STATUS_CODES[statusCode] ?? "";
  const body = JSON.stringify({ message: statusCode === INTERNAL.statusCode ? INTERNAL.message : statusText });
  const head = [
    `HTTP/1.1 ${statusCode} ${statusText}`,
    "Connection: close",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.once("finish", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

export type GatewayFrameMessage = "Internal server error" | "Endpoint request timed out";

/** What API Gateway itself says on a socket. */
export function gatewayFrame(message: GatewayFrameMessage, connectionId: string, requestId: string): string {
  return JSON.stringify({ message, connectionId, requestId });
}
