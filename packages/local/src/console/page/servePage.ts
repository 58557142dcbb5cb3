import type { ServerResponse } from "node:http";
import type { Page } from "./createPage.ts";

/** Of the placeholder in the page, which its build leaves as it is. */
const TOKEN_META = /<meta name="streamer-console" content=""\s*\/?>/;

export interface PageAccess {
  readonly page: Page;
  /** The run's token: base64url, so that it is text in HTML as it is. */
  readonly token: string;
  /** Whom the page may call beside the stack that served it: origins of the gateway's WebSocket and of the bucket. */
  readonly origins: () => Promise<readonly string[]>;
}

/** Answers with the page, with the run's token in it. */
export async function serveIndex(response: ServerResponse, { page, token, origins }: PageAccess): Promise<void> {
  const loaded = await page.load();
  response.setHeader("Content-Security-Policy", contentSecurityPolicy(await origins()));
  response.setHeader("Cache-Control", "no-store");
  const index = "files" in loaded ? loaded.files.get("index.html") : undefined;
  if (index === undefined) {
    const why = "missing" in loaded ? loaded.missing : "The page has no index.html.";
    response.writeHead(503, { "Content-Type": "text/plain; charset=utf-8" }).end(`The console's page is not there. ${why}\n`);
    return;
  }
  const html = index.body.toString().replace(TOKEN_META, `<meta name="streamer-console" content="${token}" />`);
  response.writeHead(200, { "Content-Type": index.type }).end(html);
}

/** Answers with a file of the page. Its name has a hash of what is in it, so it may be kept for ever. @returns false: there is none. */
export async function serveAsset(response: ServerResponse, name: string, { page }: Pick<PageAccess, "page">): Promise<boolean> {
  const file = await page.file(name);
  if (file === undefined) return false;
  response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
  response.writeHead(200, { "Content-Type": file.type }).end(file.body);
  return true;
}

/** The page runs nothing and talks to nothing but what came with it, this machine's gateway, and the bucket on this machine. */
function contentSecurityPolicy(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...origins].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
