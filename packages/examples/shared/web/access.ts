const LOCAL_URL = "ws://127.0.0.1:4000/local";

/** Where the WebSocket API is: what a deployment prints as its `url`, and on this machine what `run.ts` or nobody says. */
export const streamerUrl: string = import.meta.env["VITE_STREAMER_URL"] ?? LOCAL_URL;

/** Whom a page says to be. On AWS your login decides. */
export interface Person {
  readonly user: string;
  readonly tenant: string;
}

/** A token of the local stack. The client asks at each connection, and before a token ends. On AWS: from your login. */
export async function devTokenOf(person: Person): Promise<string> {
  const response = await fetch(`/dev/token?${new URLSearchParams({ ...person }).toString()}`);
  if (!response.ok) throw new Error(`No token: GET /dev/token answered ${response.status}. Does the local stack still run?`);
  return response.text();
}
