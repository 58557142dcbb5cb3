import type { IncomingMessage } from "node:http";

export type SingleValues = Readonly<Record<string, string>>;
export type MultiValues = Readonly<Record<string, readonly string[]>>;

/** API Gateway delivers these in their usual spelling, whatever the client wrote; all others as the client wrote them. */
const USUAL_NAMES = [
  "Accept-Encoding",
  "Accept-Language",
  "Authorization",
  "Cache-Control",
  "Cookie",
  "Host",
  "Origin",
  "Pragma",
  "Sec-WebSocket-Extensions",
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Protocol",
  "Sec-WebSocket-Version",
  "User-Agent",
];
const USUAL_NAME: ReadonlyMap<string, string> = new Map(USUAL_NAMES.map((name) => [name.toLowerCase(), name]));

/** Between the client and the gateway only. */
const HOP_BY_HOP: ReadonlySet<string> = new Set(["connection", "upgrade"]);

/** The headers of an upgrade request as API Gateway hands them to `$connect`: all values by name, in order. */
export function eventHeaders(request: IncomingMessage, sourceIp: string): MultiValues {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const [name = "", value = ""] = request.rawHeaders.slice(index, index + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) pairs.push([USUAL_NAME.get(name.toLowerCase()) ?? name, value]);
  }
  return groupValues([
    ...pairs,
    ["X-Forwarded-For", sourceIp],
    ["X-Forwarded-Port", String(request.socket.localPort ?? "")],
    ["X-Forwarded-Proto", "http"],
  ]);
}

/** All values by name. */
export function groupValues(pairs: Iterable<readonly [string, string]>): MultiValues {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [value]);
    else group.push(value);
  }
  return Object.fromEntries(groups);
}

/** The last value of each name, as in `headers` and `queryStringParameters`. */
export function lastValues(values: MultiValues): SingleValues {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? ""]));
}
