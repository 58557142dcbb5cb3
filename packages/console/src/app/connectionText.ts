import type { StateChange } from "@streamer/client";

/** Where the page's connection stands, as a sentence. */
export function connectionText({ state, retryInMs, lastError }: StateChange): string {
  const again = retryInMs === undefined ? "trying again" : `trying again in ${(retryInMs / 1000).toFixed(1)} s`;
  switch (state) {
    case "idle":
      return "Not connected yet";
    case "connecting":
      if (lastError === undefined) return "Connecting";
      return lastError.code === "UNAUTHORIZED" ? `The token was refused, ${again}` : `Not connected, ${again}`;
    case "open":
      return "Connected";
    case "reconnecting":
      return `Reconnecting, ${again}`;
    case "offline":
      return "No network";
    case "closed":
      return "Closed";
  }
}
