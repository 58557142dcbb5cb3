import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteFunctionConcurrencyCommand, LambdaClient, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { systemClock } from "@streamer/protocol";
import { actions } from "@streamer/functions/actions";
import { createConnectionStore, createManagementApi, createWiring } from "@streamer/server";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { connectWire } from "../support/wireClient.ts";
import type { DeployedStage } from "./deployedStage.ts";
import { messageGroupThroughRule } from "./messageGroupProbe.ts";
import { uniqueId } from "./target.ts";

const PRODUCTION = ["prod", "production"];

/** What nothing but AWS can show. Each is something that the design builds on and the local stack imitates. */
export function tellAwsFacts(stage: () => DeployedStage): void {
  const connect = () => connectWire(stage().websocketUrl, stage().token);

  describe("facts of AWS", () => {
    it("the router's answer comes back as the route's own response", async () => {
      // The router may not post to connections: an answer can have come by the route response only.
      const client = await connect();
      const id = uniqueId("route-response");
      client.send({ id, action: "echo", payload: { message: "two-way" } });
      expect(await client.waitFor((frame) => frame["request_id"] === id)).toMatchObject({ type: "response", success: true });
      await client.close();
    });

    it("the linked endpoint of @connections is the API's own, and reaches a connection", async () => {
      const { StreamerApi, StreamerTable } = stage().links;
      const table = new DynamoDBClient({});
      const connections = createConnectionStore({ client: table, tableName: StreamerTable.name }, systemClock);
      const { sub = "", tenant_id: tenant = "" } = decodeJwt<{ tenant_id?: string }>(stage().token);
      const open = async () => (await connections.listByUser(tenant, sub)).items.map((one) => one.connectionId);
      const before = new Set(await open());
      const client = await connect();
      // The index follows the table after a moment.
      const connectionId = await eventually(async () => (await open()).find((id) => !before.has(id)), "the connection is in the index");
      await createManagementApi({ endpoint: StreamerApi.managementEndpoint }).post(connectionId, '{"type":"pong"}');
      expect(await client.waitFor((frame) => frame["type"] === "pong")).toEqual({ type: "pong" });
      await client.close();
      table.destroy();
      expect(new URL(StreamerApi.managementEndpoint).hostname).toMatch(/^[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/);
    });

    it("a rule passes the tenant's message group from the event to a standard queue", async () => {
      const [processor] = createWiring(actions).processors;
      const path = processor?.rule.messageGroupPath ?? "";
      const group = uniqueId("group");
      const detail = { [path.replace("$.detail.", "")]: group };
      expect(await messageGroupThroughRule(stage().links.StreamerBus.name, path, detail)).toBe(group);
    });

    it("a router that cannot run makes the gateway send a frame of its own", async () => {
      const { App, StreamerRouter } = stage().links;
      if (PRODUCTION.includes(App.stage)) throw new Error(`This story stops the router for a moment. The stage "${App.stage}" has users.`);
      const lambda = new LambdaClient({});
      const client = await connect();
      try {
        await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: StreamerRouter.name, ReservedConcurrentExecutions: 0 }));
        client.send({ id: uniqueId("unanswered"), action: "echo", payload: { message: "anybody?" } });
        const frame = await client.waitFor((answer) => answer["type"] === undefined);
        expect(Object.keys(frame).toSorted()).toEqual(["connectionId", "message", "requestId"]);
        expect(frame["message"]).toEqual(expect.any(String));
      } finally {
        await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: StreamerRouter.name }));
        lambda.destroy();
        await client.close();
      }
    });
  });
}
