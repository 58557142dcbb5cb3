import { systemClock } from "@streamer/protocol";
import { createConnectionManager, createConnectionStore } from "@streamer/server";
import type { Target } from "../target.ts";
import { createConnectionAdmin } from "./connectionAdmin.ts";
import type { ConnectionAdmin } from "./connectionAdmin.ts";

/** The connections of a system, for whoever operates it: the command line and the console. */
export function openConnectionAdmin({ table, managementApi }: Pick<Target, "table" | "managementApi">): ConnectionAdmin {
  const connections = createConnectionStore(table, systemClock);
  // What it would log is in each result.
  const deps = { managementApi, logger: { debug: () => {}, warn: () => {}, error: () => {} }, random: Math.random };
  const looker = createConnectionManager({}, { ...deps, connections: { delete: async () => undefined } });
  return createConnectionAdmin({
    connections,
    connectionManager: createConnectionManager({}, { ...deps, connections }),
    isOpen: (connectionId) => looker.isActive(connectionId),
  });
}
