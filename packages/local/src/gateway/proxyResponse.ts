/** A well-formed response of a Lambda proxy integration. */
export interface ProxyResponse {
  /** 100 to 599. */
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Empty when there was none. */
  readonly body: string;
}

/**
 * What a function returned, as a proxy response; undefined when it is none, which API Gateway calls a malformed response.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */
export function readProxyResponse(returned: unknown): ProxyResponse | undefined {
  if (!isRecord(returned)) return undefined;
  const { statusCode, headers, multiValueHeaders, body } = returned;
  if (typeof statusCode !== "number" || !Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) return undefined;
  if (!isAbsent(body) && typeof body !== "string") return undefined;
  if (!isAbsent(headers) && !isRecord(headers)) return undefined;
  if (!isAbsent(multiValueHeaders) && !isRecord(multiValueHeaders)) return undefined;
  return { statusCode, headers: readHeaders(headers ?? {}, multiValueHeaders ?? {}), body: body ?? "" };
}

function readHeaders(single: Record<string, unknown>, multi: Record<string, unknown>): Map<string, string> {
  const last = Object.entries(multi).map(([name, values]): [string, unknown] => [name, Array.isArray(values) ? values.at(-1) : undefined]);
  const headers = new Map<string, string>();
  for (const [name, value] of [...Object.entries(single), ...last]) {
    if (typeof value === "string") headers.set(name.toLowerCase(), value);
  }
  return headers;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
