import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ManagementCall } from "./fakeManagementApi.ts";

/** How @connections answers a call: a status, `reset` (the socket is cut), or `never`. */
export type EndpointAnswer = number | "reset" | "never";

/** A real HTTP endpoint with API Gateway's @connections on this machine: for tests of what sends over the network. */
export interface ConnectionsEndpoint {
  /** `http://127.0.0.1:<port>/test`. */
  readonly endpoint: string;
  /** Every call, in the order of their ends. */
  readonly calls: readonly ManagementCall[];
  /** The most calls that were under way together. */
  readonly mostTogether: number;
  /** Sockets that were opened so far. */
  readonly sockets: number;
  /** Sockets that are open. */
  readonly openSockets: number;
  /** Ends all sockets and the server. */
  close(): Promise<void>;
}

/** What API Gateway's errors are called, in a header. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  403: "ForbiddenException",
  410: "GoneException",
  413: "PayloadTooLargeException",
  429: "LimitExceededException",
};
const OPERATIONS: Readonly<Record<string, ManagementCall["operation"]>> = { POST: "post", GET: "get", DELETE: "disconnect" };

/** `answer` is asked for each call, and may take its time. Default: 200 at once. */
export async function startConnectionsEndpoint(
  answer: (call: ManagementCall) => EndpointAnswer | Promise<EndpointAnswer> = () => 200,
): Promise<ConnectionsEndpoint> {
  const calls: ManagementCall[] = [];
  const open = new Set<Socket>();
  let sockets = 0;
  let together = 0;
  let mostTogether = 0;
  const respond = async (call: ManagementCall, socket: Socket, response: ServerResponse): Promise<void> => {
    const status = await answer(call);
    if (status === "never") return;
    if (status === "reset") {
      socket.resetAndDestroy();
      return;
    }
    const exception = EXCEPTIONS[status];
    response.writeHead(status, exception === undefined ? {} : { "x-amzn-errortype": exception });
    response.end(status === 200 ? "" : "{}");
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    mostTogether = Math.max(mostTogether, (together += 1));
    response.on("close", () => (together -= 1));
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const operation = OPERATIONS[request.method ?? ""] ?? "get";
      const connectionId = decodeURIComponent(request.url?.split("/@connections/").at(-1) ?? "");
      const call = { operation, connectionId, data: operation === "post" ? Buffer.concat(chunks).toString() : undefined };
      calls.push(call);
      void respond(call, request.socket, response);
    });
  });
  server.on("connection", (socket) => {
    sockets += 1;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/test`,
    calls,
    get mostTogether() {
      return mostTogether;
    },
    get sockets() {
      return sockets;
    },
    get openSockets() {
      return open.size;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
