import type { IncomingMessage, ServerResponse } from "node:http";
import { ConsoleProblem } from "./consoleProblem.ts";

/** One call of the API, when who calls is known and its body is read. */
export interface Call {
  /** What stands in the path in the places of `:names`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of a POST; not checked yet. */
  readonly body: unknown;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** `requests/:tenantId/:requestId`: from `/console/api/` on. */
  readonly path: string;
  /** Its result is the answer's JSON; `undefined` of a call that has answered by itself. @throws {ConsoleProblem} */
  readonly run: (call: Call) => Promise<unknown>;
}

export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** @throws {ConsoleProblem} `NOT_FOUND`, or `METHOD_NOT_ALLOWED` where another method would do. */
export function findRoute(routes: readonly Route[], method: string, path: string): FoundRoute {
  const found = routes.flatMap((route) => {
    const params = paramsOf(route.path, path);
    return params === undefined ? [] : [{ route, params }];
  });
  const wanted = method === "HEAD" ? "GET" : method;
  const match = found.find(({ route }) => route.method === wanted);
  if (match !== undefined) return match;
  if (found.length === 0) throw new ConsoleProblem("NOT_FOUND", "The console's API has no such call. Reload the page.");
  throw new ConsoleProblem("METHOD_NOT_ALLOWED", `This call takes ${found.map(({ route }) => route.method).join(" or ")}, not ${method}.`);
}

function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const [names, parts] = [pattern.split("/"), path.split("/")];
  if (names.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const part = parts[index] ?? "";
    if (!name.startsWith(":")) {
      if (name !== part) return undefined;
      continue;
    }
    const decoded = decode(part);
    if (decoded === undefined || decoded === "") return undefined;
    params[name.slice(1)] = decoded;
  }
  return params;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
