import { beforeAll, describe, expect, it } from "vitest";
import type { Identity } from "../auth/token.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { RouterDeps, RouterMetricName } from "./createRouter.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const config = { actions: sampleActions, handlers: { echo: async ({ input }: { input: { message: string } }) => input.message } };

async function open(overrides: Partial<RouterDeps> = {}, rateLimits = {}) {
  const added: [RouterMetricName, number][] = [];
  const published: (readonly RouterMetricName[])[] = [];
  const router = createRouterHarness(
    table,
    { ...config, ...rateLimits },
    {
      addMetric: (name, value) => void added.push([name, value]),
      publishMetrics: async () => void published.push(added.map(([name]) => name)),
      ...overrides,
    },
  );
  const connectionId = await router.connect();
  /** What one message adds up to. */
  const measure = async (frame: object | string): Promise<Partial<Record<RouterMetricName, number>>> => {
    added.splice(0);
    await router.send(connectionId, frame);
    expect(published.at(-1)).toEqual(added.map(([name]) => name));
    const sums = new Map<RouterMetricName, number>();
    for (const [name, value] of added) sums.set(name, (sums.get(name) ?? 0) + value);
    return Object.fromEntries(sums);
  };
  return { router, measure, published };
}

const submit = (id: string) => ({ id, action: "generate_report", payload: { start: "2024" } });

describe("a message adds, in one publication,", () => {
  it.each<[string, object | string, object]>([
    ["its answer", { type: "ping" }, { MessagesSentPerMinute: 1 }],
    ["its answer, when it is a short action's", { action: "echo", payload: { message: "m" } }, { MessagesSentPerMinute: 1 }],
    ["that it was refused", "not json", { MessagesSentPerMinute: 1, MessagesRefused: 1 }],
    [
      "that its token was refused",
      { type: "authenticate", token: "no" },
      { MessagesSentPerMinute: 1, MessagesRefused: 1, AuthenticationFailures: 1 },
    ],
  ])("%s", async (_, frame, expected) => {
    const { measure } = await open();
    expect(await measure(frame)).toEqual(expected);
  });

  it("the request it submits, once, however often it comes", async () => {
    const { measure } = await open();
    const frame = submit(crypto.randomUUID());
    expect(await measure(frame)).toEqual({ MessagesSentPerMinute: 1, RequestsSubmitted: 1 });
    expect(await measure(frame)).toEqual({ MessagesSentPerMinute: 1 });
    expect(await measure({ ...frame, payload: { start: "2025" } })).toEqual({ MessagesSentPerMinute: 1, MessagesRefused: 1 });
  });

  it("each request of a batch that it submits", async () => {
    const { measure } = await open();
    const payloads = [{ start: "1" }, { start: "2" }, { start: 3 }];
    const batch = { type: "submit_batch", batch_id: crypto.randomUUID(), action: "generate_report", first: 0, payloads };
    expect(await measure(batch)).toEqual({ MessagesSentPerMinute: 1, RequestsSubmitted: 2 });
  });

  it("that it came too fast", async () => {
    const { measure } = await open({}, { rateLimits: { connection: { messages: 1, window: "10 seconds" } } });
    expect(await measure({ type: "ping" })).toEqual({ MessagesSentPerMinute: 1 });
    expect(await measure({ type: "ping" })).toEqual({ MessagesSentPerMinute: 1, MessagesRefused: 1, MessagesRateLimited: 1 });
  });
});

describe("authenticate counts as a failure", () => {
  const identity = (overrides: Partial<Identity>): Identity => ({
    userId: "u1",
    tenantId: "t",
    permissions: [],
    expiresAt: 2_000_000_000,
    ...overrides,
  });

  it("a good token of somebody else", async () => {
    const { measure } = await open({ tokens: { verify: async () => identity({ userId: "eve" }) } });
    expect(await measure({ type: "authenticate", token: "eves" })).toMatchObject({ AuthenticationFailures: 1 });
  });

  it("no key that could not be fetched", async () => {
    const { measure } = await open({ tokens: { verify: () => Promise.reject(new Error("the key's server is down")) } });
    expect(await measure({ type: "authenticate", token: "good" })).toEqual({ MessagesSentPerMinute: 1, MessagesRefused: 1 });
  });
});

it("a message is answered although its numbers cannot be published", async () => {
  const { router } = await open({ publishMetrics: () => Promise.reject(new Error("full")) });
  expect(await router.send(await router.connect(), { type: "ping" })).toMatchObject({ type: "pong" });
  expect(router.log.entries("The metrics of an invocation could not be published.")).toMatchObject([{ level: "WARN" }]);
});
