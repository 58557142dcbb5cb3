import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { appRoutes } from "./api/appRoutes.ts";
import { connectionRoutes } from "./api/connectionRoutes.ts";
import type { ConsoleParts } from "./api/consoleParts.ts";
import { deadLetterRoutes } from "./api/deadLetterRoutes.ts";
import { createEventStreams } from "./api/eventStreams.ts";
import type { EventStreams } from "./api/eventStreams.ts";
import { flowRoutes } from "./api/flowRoutes.ts";
import { rowReader } from "./api/requestRow.ts";
import { requestRoutes } from "./api/requestRoutes.ts";
import type { ConsoleEvent } from "./contract.ts";
import { fromThisMachine, hasToken } from "./http/callerCheck.ts";
import { ConsoleProblem } from "./http/consoleProblem.ts";
import { readJsonBody } from "./http/jsonBody.ts";
import { findRoute } from "./http/routes.ts";
import type { Route } from "./http/routes.ts";
import { createPage } from "./page/createPage.ts";
import type { Page } from "./page/createPage.ts";
import { serveAsset, serveIndex } from "./page/servePage.ts";

export interface ConsoleOptions {
  /** How the stack is: `/status.json`, for `streamer doctor`. Waits until it is known. */
  readonly status: () => Promise<object>;
  /** A call that failed for a reason that is not the caller's. No token, payload or result is in it. */
  readonly onError: (error: unknown, call: { readonly method: string; readonly route: string }) => void;
  /** Default: that of `@streamer/console`. */
  readonly page?: Page | undefined;
}

/** The console of one run of the local stack: its page, and the API that the page calls. Only `startLocalStack` makes one. */
export interface Console {
  /** Answers every HTTP request that is not the gateway's. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** This run's. Whoever has it may do all that the console can. */
  readonly token: string;
  /** From now on the API answers: until then its calls wait. */
  start(parts: ConsoleParts): void;
  /** Builds the page if it must be, so that its first reader need not wait. */
  preparePage(): void;
  /** Tells all pages that follow. */
  publish(event: ConsoleEvent): void;
  /** Ends all that pages follow. */
  stop(): Promise<void>;
}

const API = "/console/api/";
/** 256 bits: not to be guessed. */
const TOKEN_BYTES = 32;

interface Api {
  readonly parts: ConsoleParts;
  readonly routes: readonly Route[];
  readonly streams: EventStreams;
}

export function createConsole({ status, onError, page = createPage() }: ConsoleOptions): Console {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const api = Promise.withResolvers<Api>();
  // Whoever waits is told; nobody has to.
  api.promise.catch(() => undefined);
  let running: Api | undefined;

  const origins = async (): Promise<readonly string[]> => {
    const { websocketUrl, bucketUrl } = (await api.promise).parts;
    return [new URL(websocketUrl).origin, new URL(bucketUrl).origin];
  };

  const answerApi = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    let path = "";
    const method = request.method ?? "GET";
    try {
      if (!hasToken(request, token)) throw new ConsoleProblem("FORBIDDEN", "This page belongs to another run of the stack. Reload it.");
      const { routes } = await api.promise;
      const { route, params } = findRoute(routes, method, url.pathname.slice(API.length));
      ({ path } = route);
      const body = route.method === "POST" ? await readJsonBody(request) : undefined;
      const answer = await route.run({ params, query: url.searchParams, body, request, response });
      if (answer !== undefined) sendJson(response, 200, answer);
    } catch (error) {
      // Of a page that went away meanwhile there is nobody to tell.
      if (response.headersSent || response.destroyed) return;
      const problem = error instanceof ConsoleProblem ? error : undefined;
      if (problem === undefined) onError(error, { method, route: path });
      const { code, message } = problem ?? { code: "INTERNAL", message: "The stack could not do that. Its terminal names the error." };
      sendJson(response, problem?.status ?? 500, { error: { code, message } });
    }
  };

  const answerPage = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    if (request.method !== "GET" && request.method !== "HEAD") return sendText(response, 405, "GET only.\n");
    if (path === "/" || path === "/index.html") return serveIndex(response, { page, token, origins });
    if (path === "/status.json") return sendJson(response, 200, await status());
    if (path.startsWith("/assets/") && (await serveAsset(response, path.slice(1), { page }))) return undefined;
    return sendText(response, 404, "There is nothing here.\n");
  };

  return {
    token,
    async listener(request, response) {
      response.setHeader("X-Content-Type-Options", "nosniff");
      response.setHeader("Referrer-Policy", "no-referrer");
      response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cache-Control", "no-store");
      const url = URL.parse(request.url ?? "/", "http://localhost");
      if (url === null) return sendText(response, 400, "That is no address.\n");
      const isApi = url.pathname.startsWith(API);
      if (!fromThisMachine(request, url.pathname === "/" ? "page" : "other")) {
        const message = "The console answers its own page on this machine only.";
        return isApi ? sendJson(response, 403, { error: { code: "FORBIDDEN", message } }) : sendText(response, 403, `${message}\n`);
      }
      return isApi ? answerApi(request, response, url) : answerPage(request, response, url.pathname);
    },
    start(parts) {
      const streams = createEventStreams({ ...parts, rowOf: rowReader(parts) });
      const routes = [appRoutes, requestRoutes, connectionRoutes, deadLetterRoutes, flowRoutes].flatMap((make) => make(parts));
      running = { parts, streams, routes: [...routes, ...streams.routes] };
      api.resolve(running);
    },
    preparePage() {
      // What fails is told to whoever asks for the page.
      page.load().catch(() => undefined);
    },
    publish: (event) => running?.streams.publish(event),
    async stop() {
      api.reject(new ConsoleProblem("CONFLICT", "The stack stops."));
      await Promise.all([running?.streams.close(), page.close()]);
    },
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(body);
}
