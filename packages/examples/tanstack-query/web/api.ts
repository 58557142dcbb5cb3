import { createClient } from "@streamer/client";
import type { App } from "../functions/src/actions/index.ts";

/** Asked for at each connection, so that a token that has expired is replaced. On AWS: from your login. */
async function token(): Promise<string> {
  const response = await fetch("/dev/token");
  if (!response.ok) throw new Error(`No token: GET /dev/token answered ${response.status}. Does the local stack still run?`);
  return response.text();
}

/** VITE_STREAMER_URL: the `url` that a deployment prints. */
export const api = createClient<App>({ url: import.meta.env["VITE_STREAMER_URL"] ?? "ws://127.0.0.1:4000/local", token });
