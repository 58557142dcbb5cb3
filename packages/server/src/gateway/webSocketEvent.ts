/**
 * What API Gateway gives a WebSocket route's function, as far as it is read here. Headers and query come with `$connect` only, how it
 * ended with `$disconnect` only.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export interface WebSocketEvent {
  readonly requestContext: {
    readonly connectionId: string;
    readonly domainName: string;
    readonly stage: string;
    readonly identity?: { readonly sourceIp?: string };
    readonly disconnectStatusCode?: number;
    readonly disconnectReason?: string;
  };
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
}

/** What a route's function gives back. */
export interface RouteResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The handler of a route of API Gateway. */
export type RouteHandler = (event: WebSocketEvent) => Promise<RouteResult>;
