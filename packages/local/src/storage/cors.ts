import type { buildApp } from "fauxqs";

const LOOPBACK_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);
const METHODS = "GET, HEAD, PUT, POST, DELETE";
const EXPOSED = "etag, content-length, content-disposition";

/**
 * Lets pages of this machine upload to and download from presigned URLs, as a bucket's CORS rules do on AWS. To be called before the
 * app listens.
 *
 * Pages of other origins are not let in: any site open in the developer's browser could otherwise read what lies here.
 */
export function allowLocalPages(app: ReturnType<typeof buildApp>): void {
  app.addHook("onRequest", async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined || !isLocal(origin)) return;
    reply.headers({ "access-control-allow-origin": origin, "access-control-expose-headers": EXPOSED, vary: "origin" });
  });
  app.options("/*", async (request, reply) => {
    if (!reply.hasHeader("access-control-allow-origin")) return reply.status(403).send();
    const headers = request.headers["access-control-request-headers"];
    if (headers !== undefined) reply.header("access-control-allow-headers", headers);
    return reply.headers({ "access-control-allow-methods": METHODS, "access-control-max-age": "3600" }).status(204).send();
  });
}

function isLocal(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK_HOSTS.has(new URL(origin).hostname);
}
