import { resolve } from "node:path";
import { systemClock } from "@streamer/protocol";
import { createConnectionStore } from "@streamer/server";
import { startProcess } from "./askProcess.ts";
import type { AskedProcess } from "./askProcess.ts";
import type { BenchStack } from "./benchStack.ts";
import type { ClientAnswer, ClientQuestion } from "./clientProcess.ts";
import { clientOf } from "./dynamodb.ts";

export interface BenchClient extends AskedProcess<ClientQuestion, ClientAnswer> {
  /** Of the bare socket. */
  readonly rawConnectionId: string;
}

/** Our client in a process of its own, connected and warm, and a bare socket beside it. */
export async function startBenchClient({ stack, token }: BenchStack): Promise<BenchClient> {
  const asked = startProcess<ClientQuestion, ClientAnswer>(resolve(import.meta.dirname, "clientProcess.ts"));
  const [own, raw] = await Promise.all([token("ada"), token("raw")]);
  await asked.ask({ do: "connect", url: stack.websocketUrl, token: own, rawToken: raw });
  const client = clientOf(stack.dynamodbEndpoint);
  const connections = createConnectionStore({ client, tableName: stack.tableName }, systemClock);
  const { items } = await connections.listByUser("acme", "raw");
  client.destroy();
  const rawConnectionId = items[0]?.connectionId;
  if (rawConnectionId === undefined) throw new Error("The bare socket is not in the table.");
  return { ...asked, rawConnectionId };
}
