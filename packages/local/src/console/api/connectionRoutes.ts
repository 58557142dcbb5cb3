import { decodeServerMessage, encodeServerMessage } from "@streamer/protocol";
import { createConnectionStore, createRequestStore, createTopicStore } from "@streamer/server";
import { openConnectionAdmin } from "../../cli/connections/openConnectionAdmin.ts";
import type { ConnectionView, Page } from "../contract.ts";
import { ConsoleProblem } from "../http/consoleProblem.ts";
import type { Call, Route } from "../http/routes.ts";
import type { ConsoleParts } from "./consoleParts.ts";
import { listConnections } from "./connectionList.ts";

/** Looking at connections, and what is done to one. */
export function connectionRoutes(parts: ConsoleParts): readonly Route[] {
  const { table, managementApi, controls, clock } = parts;
  const connections = createConnectionStore(table, clock);
  const lists = { requests: createRequestStore(table, clock), topics: createTopicStore(table, clock) };
  const admin = openConnectionAdmin({ table, managementApi });

  const command = (name: string, run: (connectionId: string, body: unknown) => Promise<void>): Route => ({
    method: "POST",
    path: `connections/:connectionId/${name}`,
    async run({ params: { connectionId = "" }, body }: Call) {
      await run(connectionId, body);
      return {};
    },
  });

  return [
    {
      method: "GET",
      path: "connections",
      run: async ({ query }): Promise<Page<ConnectionView>> =>
        listConnections(query.get("cursor") ?? undefined, { table, connections, controls, ...lists }),
    },
    command("disconnect", async (connectionId) => {
      const ended = await admin.disconnect(connectionId, "by an operator");
      if (ended === undefined) throw unknownConnection(connectionId);
      if (ended.outcome === "failed") {
        throw new ConsoleProblem("CONFLICT", `Connection ${connectionId} could not be ended. Try it again.`, { cause: ended.error });
      }
    }),
    command("drop", async (connectionId) => {
      if (!controls.dropConnection(connectionId)) throw unknownConnection(connectionId);
    }),
    command("send", async (connectionId, body) => {
      if (!controls.openConnections().has(connectionId)) throw unknownConnection(connectionId);
      await managementApi.post(connectionId, messageOf(body));
      await connections.addPosted(connectionId, 1);
    }),
  ];
}

/** A message as the protocol has it, as text. @throws {ConsoleProblem} for anything else. */
function messageOf(body: unknown): string {
  const decoded = decodeServerMessage(JSON.stringify(body));
  if (decoded.ok && "message" in decoded) return encodeServerMessage(decoded.message);
  const why = decoded.ok ? "it is one of the platform's own" : decoded.error.message;
  throw new ConsoleProblem("INVALID", `That is no message of a server: ${why} The types of messages are in PROTOCOL.md.`);
}

function unknownConnection(connectionId: string): ConsoleProblem {
  return new ConsoleProblem("NOT_FOUND", `Connection ${connectionId} has no socket here. It may just have closed.`);
}
