import type { Connection } from "./connection.ts";

/** The seam for faults in the gateway. */
export interface GatewayFaults {
  /**
   * Asked before each post to an open connection; may take its time. `gone`: 410 although the client is there, which then loses its socket.
   * `throttle`: 429. `fail`: 500.
   *
   * @param invocationId the same in all attempts of one SDK call.
   */
  onPost(text: string, invocationId: string): Promise<"send" | "gone" | "throttle" | "fail">;
  /** Told of each message before it is handled or sent; may terminate the connection, at once or later. */
  onMessage(connection: Connection, direction: "in" | "out", text: string): void;
}
