import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { createClient } from "@streamer/client";
import type { TypedClient } from "@streamer/client";
import type { App } from "@streamer/functions/actions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack } from "../support/localStack.ts";
import type { TestStack } from "../support/localStack.ts";

let stack: TestStack;
let api: TypedClient<App>;
let table: DynamoDBClient;
beforeAll(async () => {
  stack = await startTestStack();
  api = createClient<App>({ url: stack.websocketUrl, token: () => stack.token() });
  table = new DynamoDBClient({
    endpoint: stack.dynamodbEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
});
afterAll(async () => {
  await api.$client.close();
  table.destroy();
  await stack.stop();
});

const REGIONS = ["North", "South", "East", "West"];
const SECRET = "Ümläut & Sons";

/** Orders of about a megabyte; each thousandth row is broken, and each seventh order is there twice. */
function ordersCsv(): { readonly text: string; readonly broken: number; readonly orders: readonly { region: string; cents: number }[] } {
  const orders: { region: string; cents: number }[] = [];
  const lines = ["order,customer,region,amount"];
  let broken = 0;
  for (let number = 0; number < 20_000; number += 1) {
    const region = REGIONS[number % REGIONS.length] ?? "";
    const cents = (number * 7_919) % 100_000;
    const line = `${number},"${SECRET}, ${"x".repeat(number % 40)}",${region},${(cents / 100).toFixed(2)}`;
    if (number % 1_000 === 999) {
      broken += 1;
      lines.push(`${number},${region}`);
      continue;
    }
    orders.push({ region, cents });
    lines.push(line);
    if (number % 7 === 0) lines.push(line);
  }
  return { text: `${lines.join("\n")}\n`, broken, orders };
}

describe("process_data", () => {
  it("takes a megabyte of CSV that the client uploads, and gives a file of what was asked for", async () => {
    const { text, broken, orders } = ordersCsv();
    expect(Buffer.byteLength(text)).toBeGreaterThan(1_000_000);
    const handle = api.processData.submit({
      format: "csv",
      data: text,
      operations: [
        { op: "deduplicate", by: ["order"] },
        { op: "filter", where: { column: "region", is: "in", values: ["North", "South", "East"] } },
        {
          op: "aggregate",
          group_by: ["region"],
          compute: [
            { fn: "count", as: "orders" },
            { fn: "sum", column: "amount", as: "revenue" },
          ],
        },
        { op: "sort", by: [{ column: "revenue", direction: "desc" }] },
      ],
      output: { format: "json" },
    });
    const stages = new Set<string>();
    const percentages: number[] = [];
    for await (const update of handle.updates()) {
      if (update.type !== "progress") continue;
      percentages.push(update.percentage);
      if (update.metadata !== undefined) stages.add(update.metadata.stage);
    }
    expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));
    expect(percentages.at(-1)).toBe(100);
    expect([...stages].at(0)).toBe("read");
    expect([...stages].at(-1)).toBe("upload");

    const { url, ...result } = await handle.result();
    const file = await fetch(url);
    expect(file.headers.get("content-type")).toBe("application/json");
    const body = await file.text();
    const expected = ["North", "South", "East"].map((region) => {
      const own = orders.filter((order) => order.region === region);
      return { region, orders: own.length, revenue: own.reduce((sum, { cents }) => sum + cents, 0) / 100 };
    });
    expect(JSON.parse(body)).toEqual(expected.toSorted((a, b) => b.revenue - a.revenue));
    expect(result).toMatchObject({
      rows_in: text.trimEnd().split("\n").length - 1,
      rows_out: 3,
      errors: broken,
      size: Buffer.byteLength(body),
    });
    expect(result.bad_rows[0]).toMatchObject({ code: "WRONG_COLUMN_COUNT" });
  });

  it("data that is wrong as a whole fails at once with VALIDATION_ERROR and its line, and is not tried again", async () => {
    const handle = api.processData.submit({ format: "csv", data: 'a\n1\n"2\n' });
    const issues = [{ path: "data", message: "after line 2: a quotation mark is opened and never closed" }];
    await expect(handle.result()).rejects.toMatchObject({ code: "VALIDATION_ERROR", details: { issues } });
    expect(handle.attempt).toBe(1);
  });

  it("an operation that there is not is refused before anything is stored", async () => {
    const handle = api.$client.submit("process_data", { format: "csv", data: "a\n", operations: [{ op: "drop" }] });
    await expect(handle.result()).rejects.toMatchObject({ code: "VALIDATION_ERROR", details: { issues: [{ path: "operations.0.op" }] } });
  });
});

describe("bulk_operation", () => {
  const items = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `p${index}`, data: { name: `Product ${index}`, n: index } }));
  const heavy = items(10_000).map(({ id, data }) => ({ id, data: { ...data, text: "x".repeat(500) } }));
  const storedItem = async (collection: string, id: string): Promise<unknown> => {
    const { Items: [item] = [] } = await table.send(
      new QueryCommand({
        TableName: stack.tableName,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: `item#acme#${collection}#${id}` } },
      }),
    );
    return item?.["data"]?.S === undefined ? undefined : (JSON.parse(item["data"].S) as unknown);
  };

  it("puts a thousand items in 40 batches, tells the counts on the way, and names the bad ones", async () => {
    const bad = [
      { id: "not an id", data: {} },
      { id: "p1", data: {} },
    ];
    const handle = api.bulkOperation.submit({ operation: "put", collection: "products", items: [...items(1_000), ...bad] });
    const counts: { written: number; failed: number; batch: number; batches: number }[] = [];
    for await (const update of handle.updates())
      if (update.type === "progress" && update.metadata !== undefined) counts.push(update.metadata);
    expect(counts[0]).toEqual({ written: 0, failed: 2, batch: 0, batches: 40 });
    expect(counts.at(-1)).toEqual({ written: 1_000, failed: 2, batch: 40, batches: 40 });
    for (const { written, batch } of counts) expect(written).toBe(batch * 25);
    expect(await handle.result()).toMatchObject({
      total: 1_002,
      written: 1_000,
      failed: 2,
      failures: [
        { index: 1_000, code: "INVALID_ITEM" },
        { index: 1_001, id: "p1", code: "DUPLICATE_ID" },
      ],
    });
    expect(await storedItem("products", "p1")).toEqual({ name: "Product 1", n: 1 });
    expect(await storedItem("products", "p999")).toEqual({ name: "Product 999", n: 999 });

    const deleted = api.bulkOperation.submit({ operation: "delete", collection: "products", items: [{ id: "p1" }] });
    expect(await deleted.result()).toMatchObject({ written: 1 });
    expect(await storedItem("products", "p1")).toBeUndefined();
  });

  it("that is cancelled in the middle stops between two batches, says how many were written, and so many are there", async () => {
    const handle = api.bulkOperation.submit({ operation: "put", collection: "cancelled", items: heavy });
    let last:
      | { readonly message: string; readonly metadata?: { readonly written: number; readonly batch: number } | undefined }
      | undefined;
    let cancelled: Promise<void> | undefined;
    for await (const update of handle.updates()) {
      if (update.type !== "progress") continue;
      last = update;
      if ((update.metadata?.batch ?? 0) > 0) cancelled ??= handle.cancel("enough");
    }
    await cancelled;
    await expect(handle.result()).rejects.toMatchObject({ code: "CANCELLED", details: { reason: "enough" } });
    const written = last?.metadata?.written ?? 0;
    expect(last?.message).toBe(`Stopped: wrote ${written} of 10000 items`);
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(10_000);
    expect(await storedItem("cancelled", `p${written - 1}`)).toBeDefined();
    expect(await storedItem("cancelled", `p${written}`)).toBeUndefined();
  });

  it("over 10,000 items is refused with the limit", async () => {
    const handle = api.bulkOperation.submit({ operation: "delete", items: items(10_001) });
    await expect(handle.result()).rejects.toMatchObject({
      code: "VALIDATION_ERROR",
      details: { issues: [{ path: "items", message: "has 10001 items; a request takes at most 10000. Send them in several" }] },
    });
  });
});

it("nothing of the data and no item of all these was logged", () => {
  expect(stack.logs.length).toBeGreaterThan(20);
  expect(JSON.stringify(stack.logs)).not.toMatch(/Ümläut|Product \d/);
});
