import { resolve } from "node:path";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { startLocalStack } from "@streamer/local";
import type { LocalStack, LogLine } from "@streamer/local";
import { actionKey, systemClock } from "@streamer/protocol";
import { createRequestStore, encodeKeyPart } from "@streamer/server";
import type { RequestRef, RequestStore, Wiring } from "@streamer/server";
import { vi } from "vitest";
import { WAIT } from "../failing/failingStack.ts";
import { letTimePass } from "../failing/letTimePass.ts";

/** In place of each minute. */
const SWEEP_EVERY_MS = 300;

export const ADA = { tenant: "acme", user: "ada" } as const;
type Item = Record<string, AttributeValue>;

/** One version of the app, deployed onto the data that the one before left. */
export interface Deployment {
  readonly stack: LocalStack;
  readonly logs: readonly LogLine[];
  readonly requests: RequestStore;
  readonly token: string;
  refOf(requestId: string): RequestRef;
  letTimePass(requestId: string, ms: number): Promise<void>;
  /** The item as the table holds it. */
  item(requestId: string, sortKey?: string): Promise<Readonly<Item>>;
  /** Two sweeps have begun and ended from now on. */
  swept(): Promise<void>;
  /** Changes an item behind the code's back: what another version would have written. `undefined` removes an attribute. */
  rewrite(requestId: string, attributes: Readonly<Record<string, AttributeValue | undefined>>, sortKey?: string): Promise<void>;
  stop(): Promise<void>;
}

/** @param held actions whose requests are taken and not worked on: their events find no rule. Default: none. */
export async function deploy(
  version: "old" | "new",
  dataDir: string,
  { held = () => false }: { readonly held?: (action: string) => boolean } = {},
): Promise<Deployment> {
  const logs: LogLine[] = [];
  const stack = await startLocalStack({
    functionsDir: resolve(import.meta.dirname, "../upgradesApp", version),
    dataDir,
    port: 0,
    log: (line) => logs.push(line),
    wiring: (wiring) => inOneFile(wiring, held),
  });
  const client = new DynamoDBClient({
    endpoint: stack.dynamodbEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const { tableName } = stack;
  const refOf = (requestId: string): RequestRef => ({ tenantId: ADA.tenant, requestId });
  const item = async (requestId: string, sortKey = "request"): Promise<Item> => {
    const Key = { pk: { S: `request#${encodeKeyPart(ADA.tenant)}#${requestId}` }, sk: { S: sortKey } };
    const { Item: found } = await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }));
    if (found === undefined) throw new Error(`Request ${requestId} has no item ${sortKey}.`);
    return found;
  };
  const sweeps = (): number => logs.filter(({ source, message }) => source === "sweeper" && message === "metrics").length;
  return {
    stack,
    logs,
    requests: createRequestStore({ client, tableName }, systemClock),
    token: await stack.key.mint({ ...ADA, permissions: [], expiresIn: "1h" }),
    refOf,
    letTimePass: (requestId, ms) => letTimePass(client, tableName, refOf(requestId), ms),
    async swept() {
      const before = sweeps();
      await vi.waitUntil(() => sweeps() >= before + 2, WAIT);
    },
    item,
    async rewrite(requestId, attributes, sortKey) {
      const entries = Object.entries({ ...(await item(requestId, sortKey)), ...attributes }).filter(
        (entry): entry is [string, AttributeValue] => entry[1] !== undefined,
      );
      await client.send(new PutItemCommand({ TableName: tableName, Item: Object.fromEntries(entries) }));
    },
    async stop() {
      client.destroy();
      await stack.stop();
    },
  };
}

/** Each processor is an export of one file, so that two versions of an app can be read side by side. */
function inOneFile(wiring: Wiring, held: (action: string) => boolean): Wiring {
  return {
    ...wiring,
    processors: wiring.processors.map((processor) => ({
      ...processor,
      function: { ...processor.function, handler: `src/processors.${actionKey(processor.action)}` },
      rule: held(processor.action) ? { ...processor.rule, pattern: { source: ["nobody"] } } : processor.rule,
    })),
    schedules: wiring.schedules.map((schedule) => ({ ...schedule, everyMs: SWEEP_EVERY_MS })),
  };
}
