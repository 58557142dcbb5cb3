import { openSockets } from "../servers/sockets.ts";
import type { BenchServer } from "../servers/startServer.ts";
import type { ServerState } from "../servers/serve.ts";
import { eventually } from "../../support/eventually.ts";

/**
 * Opens so many connections and looks at what has become of the server's heap and buffers, when garbage is collected.
 *
 * @returns bytes by connection.
 */
export async function measureMemory(server: BenchServer, connections: number): Promise<number> {
  // Once opened and closed: what is loaded, compiled and kept for reuse is there before it counts.
  const first = await openSockets(server.url, connections);
  await Promise.all(first.map((socket) => socket.close()));
  const before = await stateWith(server, 0);
  const sockets = await openSockets(server.url, connections);
  const after = await stateWith(server, connections);
  await Promise.all(sockets.map((socket) => socket.close()));
  return (after.heapBytes - before.heapBytes) / connections;
}

/** When the server has so many: it learns of a connection's end after its client. */
function stateWith(server: BenchServer, connections: number): Promise<ServerState> {
  return eventually(async () => {
    const state = await server.state({ collect: true });
    return state.connections === connections ? state : undefined;
  }, `${connections} connections`);
}
