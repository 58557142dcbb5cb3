import { systemClock } from "@streamer/protocol";
import { answerParent } from "./askProcess.ts";
import { clientOf } from "./dynamodb.ts";
import { createRawRequest } from "./rawRequest.ts";
import { createStoredRequest } from "./storedRequest.ts";

/** So many requests' calls of the table, by the bare SDK or by the stores, that is by ElectroDB. */
export interface FloorQuestion {
  readonly by: "sdk" | "stores";
  readonly endpoint: string;
  readonly tableName: string;
  readonly requests: number;
  readonly inFlight: number;
}

/** Gives how long the run took, in ms. */
answerParent(
  async ({ by, endpoint, tableName, requests, inFlight }: FloorQuestion): Promise<number> => {
    const client = clientOf(endpoint);
    const table = { client, tableName };
    const request = by === "sdk" ? await createRawRequest(table) : await createStoredRequest(table, systemClock);
    let left = requests;
    const startedAt = performance.now();
    const one = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await request(crypto.randomUUID());
      }
    };
    await Promise.all(Array.from({ length: inFlight }, one));
    const passedMs = performance.now() - startedAt;
    client.destroy();
    return passedMs;
  },
  async () => {},
);
