import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import type { SigningKey } from "../keys/signingKey.ts";

/** Who the page is. */
const DEMO = { user: "demo", tenant: "demo" };

const PAGE_FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  "/": { file: "index.html", type: "text/html; charset=utf-8" },
  "/app.js": { file: "app.js", type: "text/javascript; charset=utf-8" },
  "/style.css": { file: "style.css", type: "text/css; charset=utf-8" },
};

/** The page runs nothing and talks to nothing but what came with it, this machine's gateway, and the bucket on this machine. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface ConsoleOptions {
  readonly key: SigningKey;
  readonly websocketUrl: () => string;
  /** How the stack is: `/status.json`. Waits until it is known. */
  readonly status: () => Promise<object>;
}

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Serves the console: its page, the client SDK as one module, and tokens for the page itself and nobody else. */
export function createConsoleServer({ key, websocketUrl, status }: ConsoleOptions): RequestListener {
  const require = createRequire(import.meta.url);
  const pageDir = dirname(require.resolve("@streamer/console/package.json"));
  let client: Promise<string> | undefined;
  return async (request, response) => {
    response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", "no-store");
    if (!fromThisPage(request)) return send(response, 403, "text/plain", "The console answers its own page on this machine only.\n");
    if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, "text/plain", "GET only.\n");
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const page = PAGE_FILES[path];
    if (page !== undefined) return send(response, 200, page.type, await readFile(join(pageDir, page.file)));
    switch (path) {
      case "/client.js":
        return send(response, 200, "text/javascript; charset=utf-8", await (client ??= bundleClient()));
      case "/console.json":
        return send(response, 200, "application/json", JSON.stringify({ websocketUrl: websocketUrl(), ...DEMO }));
      case "/status.json":
        return send(response, 200, "application/json", JSON.stringify(await status()));
      case "/console/token":
        return send(
          response,
          200,
          "application/json",
          JSON.stringify({ token: await key.mint({ ...DEMO, permissions: [], expiresIn: "1h" }) }),
        );
      default:
        return send(response, 404, "text/plain", "There is nothing here.\n");
    }
  };
}

/**
 * Whether a request comes from the console's own page or from a person's address bar. A foreign page must not get a token: browsers
 * mark its requests by `Sec-Fetch-Site` and `Origin`, and a name that was rebound to this machine by `Host`.
 */
function fromThisPage(request: IncomingMessage): boolean {
  const host = request.headers.host ?? "";
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) return false;
  const site = request.headers["sec-fetch-site"];
  const path = request.url ?? "/";
  // A link to the page from elsewhere is welcome; what the page itself loads must come from the page.
  if (site !== undefined && site !== "same-origin" && site !== "none" && path !== "/") return false;
  const { origin } = request.headers;
  return origin === undefined || origin === `http://${host}`;
}

/** The SDK for browsers, from its package as it is, so that the page uses what users use. */
async function bundleClient(): Promise<string> {
  const result = await build({
    stdin: { contents: 'export * from "@streamer/client";', resolveDir: import.meta.dirname, loader: "js" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["@streamer/source"],
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { "Content-Type": type }).end(body);
}
