import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, resolve, sep } from "node:path";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "../../..");

/** The documentation as a host of static files serves it. */
export interface DocsSite {
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".webm": "video/webm",
};

/** Serves the site that `DOCS_DIST` names, or the one that is built, or builds it first, which takes a minute or two. */
export async function startDocsSite(): Promise<DocsSite> {
  const dist = process.env["DOCS_DIST"] ?? join(ROOT, "packages/docs/.vitepress/dist");
  if (!existsSync(join(dist, "index.html"))) await promisify(execFile)("npm", ["run", "docs:build"], { cwd: ROOT, maxBuffer: 50_000_000 });
  const server = createServer((request, response) => {
    void answer(dist, request.url ?? "/").then(({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function answer(dist: string, url: string): Promise<{ status: number; type: string; body: Buffer | string }> {
  const path = join(dist, decodeURIComponent(new URL(url, "http://docs").pathname));
  const file = path.endsWith(sep) ? join(path, "index.html") : path;
  const isThere = file.startsWith(dist) && (await stat(file).catch(() => undefined))?.isFile() === true;
  if (!isThere) return { status: 404, type: "text/plain", body: `There is no ${url}.` };
  return { status: 200, type: TYPES[extname(file)] ?? "application/octet-stream", body: await readFile(file) };
}
