import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DEFAULT_RATES, startLocalStack } from "@streamer/local";
import type { ChaosOptions, FaultKind, FaultRates, LocalStack, LogLine } from "@streamer/local";
import { systemClock } from "@streamer/protocol";
import { createRequestStore } from "@streamer/server";
import type { RequestRef, RequestStore, StoredRequest, Wiring } from "@streamer/server";
import { vi } from "vitest";
import { connectWire } from "../../support/wireClient.ts";
import { letTimePass } from "./letTimePass.ts";

/** In place of each minute. */
const SWEEP_EVERY_MS = 300;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** Generous: the machine may be busy with other things. */
export const WAIT = { timeout: 20_000, interval: 20 };

/** A local stack whose app goes wrong as it is told to, and whose minutes can be made to pass. */
export interface FailingStack {
  readonly stack: LocalStack;
  readonly logs: readonly LogLine[];
  readonly requests: RequestStore;
  /** The request as it stands in the table. */
  stored(ref: RequestRef): Promise<StoredRequest>;
  /** The request's times are so many ms further back. */
  letTimePass(ref: RequestRef, ms: number): Promise<void>;
  /** Resolves when two sweeps have begun and ended from now on: what the sweeper would do, it has done. */
  swept(): Promise<void>;
  /** How often a fault has struck since the last `rage()`, of things whose name begins so. */
  struck(kind: FaultKind, name?: string): number;
  /** From now on the stack's faults strike; with other rates, if they are given. */
  rage(rates?: Partial<FaultRates>): void;
  calm(): void;
  stop(): Promise<void>;
}

/**
 * @param faults strike only between `rage()` and `calm()`; those that are not named never do.
 * @param rewire the last word on the wiring, in which the sweeper comes each 300 ms.
 */
export async function startFailingStack(
  faults?: Omit<ChaosOptions, "rates"> & { readonly rates: Partial<FaultRates> },
  rewire: (wiring: Wiring) => Wiring = (wiring) => wiring,
): Promise<FailingStack> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-failing-"));
  const logs: LogLine[] = [];
  const none = Object.fromEntries(Object.keys(DEFAULT_RATES).map((kind) => [kind, 0]));
  const stack = await startLocalStack({
    functionsDir: resolve(import.meta.dirname, "../app"),
    dataDir,
    port: 0,
    log: (line) => logs.push(line),
    wiring: (wiring) => rewire({ ...wiring, schedules: wiring.schedules.map((schedule) => ({ ...schedule, everyMs: SWEEP_EVERY_MS })) }),
    ...(faults && { chaos: { ...faults, rates: { ...none, ...faults.rates } } }),
  });
  stack.chaos?.calm();
  const client = new DynamoDBClient({
    endpoint: stack.dynamodbEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const requests = createRequestStore({ client, tableName: stack.tableName }, systemClock);
  let ragingSince = 0;

  const sweeps = (): number => logs.filter(({ source, message }) => source === "sweeper" && message === "metrics").length;
  const swept = async (): Promise<void> => {
    const before = sweeps();
    // The first may have looked before what is awaited was done.
    await vi.waitUntil(() => sweeps() >= before + 2, WAIT);
  };

  // What goes wrong later is what a test says, and not the start of the router or the sweeper.
  if (faults !== undefined) {
    await askRouter(stack);
    await swept();
  }

  return {
    stack,
    logs,
    requests,
    async stored(ref) {
      const request = await requests.getConsistent(ref);
      if (request === undefined) throw new Error(`There is no request ${ref.requestId}.`);
      return request;
    },
    letTimePass: (ref, ms) => letTimePass(client, stack.tableName, ref, ms),
    swept,
    struck: (kind, name = "") =>
      logs
        .slice(ragingSince)
        .filter(({ source, fields }) => source === "chaos" && fields["kind"] === kind && String(fields["key"]).startsWith(name)).length,
    rage(rates) {
      ragingSince = logs.length;
      stack.chaos?.rage(rates);
    },
    calm: () => stack.chaos?.calm(),
    async stop() {
      client.destroy();
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function askRouter({ websocketUrl, key }: LocalStack): Promise<void> {
  const wire = await connectWire(websocketUrl, await key.mint({ user: "u", tenant: "t", permissions: [], expiresIn: "1h" }));
  wire.send({ type: "ping" });
  await wire.waitFor((frame) => frame["type"] === "pong");
  await wire.close();
}
