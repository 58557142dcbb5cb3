import type { Connection } from "./connection.ts";

/** All connections between their upgrade and their close, by id. */
export interface Registry extends Iterable<Connection> {
  readonly size: number;
  add(connection: Connection): void;
  remove(id: string): void;
  /** The connection if it can still be sent to. A pending or closing one cannot, and is not found. */
  findOpen(id: string): Connection | undefined;
}

export function createRegistry(): Registry {
  const connections = new Map<string, Connection>();
  return {
    get size() {
      return connections.size;
    },
    add: (connection) => void connections.set(connection.id, connection),
    remove: (id) => void connections.delete(id),
    findOpen(id) {
      const connection = connections.get(id);
      return connection?.open === true ? connection : undefined;
    },
    [Symbol.iterator]: () => connections.values(),
  };
}
