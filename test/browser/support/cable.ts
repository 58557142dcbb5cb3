import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** What lies between the browser and the gateway, and can be cut. */
export interface Cable {
  readonly port: number;
  /** Breaks what is open, without a word to either side, and lets nothing through. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function layCable(gatewayPort: number): Promise<Cable> {
  const ends = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(gatewayPort, "127.0.0.1");
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end);
      end.pipe(other);
      // A reset of one end is no error here: it is what a cable is cut for.
      end.on("error", () => {});
      end.on("close", () => {
        ends.delete(end);
        other.destroy();
      });
    }
  });
  const breakAll = (): void => {
    for (const end of ends) end.resetAndDestroy();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      whole = false;
      breakAll();
    },
    mend() {
      whole = true;
    },
    async close() {
      breakAll();
      server.close();
      await once(server, "close");
    },
  };
}
