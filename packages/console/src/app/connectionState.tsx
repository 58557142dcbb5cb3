import { useConnection } from "@streamer/react";
import type { ReactElement } from "react";
import { connectionText } from "./connectionText.ts";

export function ConnectionState(): ReactElement {
  const change = useConnection();
  // Waiting times change often: only the state itself is told to whoever listens.
  const told = connectionText({ ...change, retryInMs: undefined });
  return (
    <div className="connection" data-state={change.state} title={connectionText(change)}>
      <span className="connection-dot" aria-hidden="true" />
      <span className="connection-text" aria-hidden="true">
        {told}
      </span>
      <span className="hidden" role="status">
        {told}
      </span>
    </div>
  );
}
