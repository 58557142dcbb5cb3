import { createClient } from "@streamer/client";
import type { App } from "../functions/src/actions/index.ts";

const LOCAL_URL = "ws://127.0.0.1:4000/local";

/** Asked for at each connection, so that a token that has expired is replaced. On AWS: from your login. */
async function token(): Promise<string> {
  const response = await fetch("/dev/token");
  if (!response.ok) throw new Error(`No token: GET /dev/token answered ${response.status}. Does "npm run dev" still run?`);
  return response.text();
}

/** Set VITE_STREAMER_URL to the `url` that a deployment prints. */
export const api = createClient<App>({ url: import.meta.env["VITE_STREAMER_URL"] ?? LOCAL_URL, token });
