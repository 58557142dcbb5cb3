import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import type { DeleteItemCommandInput } from "@aws-sdk/client-dynamodb";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeEach, expect, it } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { TableError } from "./errors.ts";
import { extendLife } from "./extendLife.ts";
import { requestPartition } from "./keys.ts";
import { createRequestStore } from "./requestStore.ts";
import { createSubscriptionStore } from "./subscriptionStore.ts";

const LATER = 4_100_000_000;
const SOON = 4_000_000_000;
const WATCHERS = 60;
let table: TableConfig;
const ref = { tenantId: "Acme", requestId: "r1" };
beforeEach(async () => {
  table = await createTestTable();
  await createRequestStore(table, createFakeClock()).create(sampleRequest(ref));
  const subscriptions = createSubscriptionStore(table);
  await Promise.all(Array.from({ length: WATCHERS }, (_, index) => subscriptions.put(ref, `c${index}`, SOON)));
});
const lives = async (): Promise<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(await createRawTable(table).request(ref)).map(([sk, item]) => [sk, item["expires_at"]?.N]));

it("all parts of a request live on, however many; its own item is left to its transition", async () => {
  const before = (await lives())["request"];
  await extendLife(ref, LATER, table);
  const after = Object.entries(await lives());
  expect(after).toHaveLength(WATCHERS + 1);
  for (const [sortKey, expiresAt] of after) expect(expiresAt).toBe(sortKey === "request" ? before : String(LATER));
});

it("a part that goes meanwhile does not come back as an empty item", async () => {
  const gone: DeleteItemCommandInput = {
    TableName: table.tableName,
    Key: { pk: { S: requestPartition(ref) }, sk: { S: "subscription#c7" } },
  };
  let deleted = false;
  table.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context["commandName"] === "UpdateItemCommand" && !deleted) {
        deleted = true;
        await table.client.send(new DeleteItemCommand(gone));
      }
      return next(args);
    },
    { step: "initialize", name: "deletesMeanwhile" },
  );
  await extendLife(ref, LATER, table);
  const left = await lives();
  expect(left["subscription#c7"]).toBeUndefined();
  expect(Object.keys(left)).toHaveLength(WATCHERS);
});

it("any other refusal is an error that names the verb", async () => {
  const error: unknown = await extendLife(ref, LATER, { ...table, tableName: "no-such-table" }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TableError);
  expect(error).toMatchObject({ verb: "request.redrive", kind: "missing" });
});

it("a write that fails for another reason is not taken for a part that is gone", async () => {
  table.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context["commandName"] === "UpdateItemCommand") throw Object.assign(new Error("no"), { name: "ThrottlingException" });
      return next(args);
    },
    { step: "initialize", name: "throttles" },
  );
  await expect(extendLife(ref, LATER, table)).rejects.toMatchObject({ name: "TableError", kind: "throttled" });
});
