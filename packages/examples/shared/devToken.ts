import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Plugin } from "vite";

/** Whom a development token is for. */
export interface Person {
  readonly user: string;
  readonly tenant: string;
}

export type MintToken = (person: Person) => Promise<string>;

/** What ids of users and tenants are made of here: so that none of them is an option of a command. */
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/**
 * `GET /dev/token?user=ada&tenant=acme` on Vite's development server: a token of the local stack, for whoever one says to be. It stands for
 * your login, and what `vite build` makes has no such address. A page of another origin cannot read it.
 */
export function devToken(mint: MintToken = mintByCommand): Plugin {
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
        const query = new URL(request.url ?? "", "http://localhost").searchParams;
        const person = { user: query.get("user") ?? "demo", tenant: query.get("tenant") ?? "demo" };
        if (!ID.test(person.user) || !ID.test(person.tenant)) {
          response
            .writeHead(400)
            .end("user and tenant have 1 to 64 letters, digits, dots, dashes and underscores, and begin with a letter or digit.");
          return;
        }
        void mint(person).then(
          (token) => response.writeHead(200, { "Content-Type": "text/plain", "Cache-Control": "no-store" }).end(token),
          next,
        );
      });
    },
  };
}

/** Of the stack that `streamer dev` runs in the folder that Vite was started in. */
async function mintByCommand({ user, tenant }: Person): Promise<string> {
  const { stdout } = await promisify(execFile)("npx", ["streamer", "token", "--user", user, "--tenant", tenant]);
  return stdout.trim();
}
