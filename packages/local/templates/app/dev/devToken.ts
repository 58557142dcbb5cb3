import { exec } from "node:child_process";
import { promisify } from "node:util";
import type { Plugin } from "vite";

/**
 * `GET /dev/token` on Vite's development server: a token of the local stack for a user "demo". A page of another origin cannot read it, and
 * what `vite build` makes has no such address: there your login gives the token.
 */
export function devToken(): Plugin {
  return {
    name: "streamer-dev-token",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use("/dev/token", (request, response, next) => {
        // Vite answers other origins of this machine, too; the token is for the page alone.
        const site = request.headers["sec-fetch-site"];
        if (site !== undefined && site !== "same-origin" && site !== "none") {
          response.writeHead(403).end();
          return;
        }
        void mintToken(server.config.root).then(
          (token) => response.writeHead(200, { "Content-Type": "text/plain", "Cache-Control": "no-store" }).end(token),
          next,
        );
      });
    },
  };
}

async function mintToken(cwd: string): Promise<string> {
  const { stdout } = await promisify(exec)("streamer token", { cwd });
  return stdout.trim();
}
