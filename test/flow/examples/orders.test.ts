import { join } from "node:path";
import { createClient } from "@streamer/client";
import type { TypedClient } from "@streamer/client";
import type { LocalStack } from "@streamer/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { actions } from "../../../packages/examples/orders/functions/src/actions/index.ts";
import { EXAMPLES_DIR, startAppStack } from "./support/program.ts";

let stack: LocalStack;
let api: TypedClient<typeof actions>;
beforeAll(async () => {
  stack = await startAppStack(join(EXAMPLES_DIR, "orders/functions"));
  const token = () => stack.key.mint({ user: "ada", tenant: "shop", permissions: [], expiresIn: "1h" });
  api = createClient<typeof actions>({ url: stack.websocketUrl, token });
});
afterAll(async () => {
  await api?.$client.close();
  await stack?.stop();
});

describe("the orders example, on the local stack", () => {
  it("counts the orders at once", async () => {
    expect(await api.countOrders.submit().result()).toEqual({ orders: 3 });
  });

  it("exports those from an amount on as a CSV file, and tells when it writes", async () => {
    const handle = api.exportOrders.submit({ from_cents: 10_000 });
    const { url, orders } = await handle.result();
    expect(orders).toBe(2);
    expect(await (await fetch(url)).text()).toBe("id,item,cents\n1002,chair,12900\n1003,table,39900");
    const messages: string[] = [];
    for await (const update of handle.updates()) if (update.type === "progress") messages.push(update.message);
    expect(messages).toContain("Writing");
  });

  it("refuses an amount below zero, and makes no file", async () => {
    await expect(api.exportOrders.submit({ from_cents: -1 }).result()).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  });
});
