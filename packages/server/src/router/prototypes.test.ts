import { defineAction, defineActions, parse } from "@streamer/protocol";
import * as v from "valibot";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { extractFiles, insertUrls } from "../connection/resultFiles.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { createTestTable } from "../testing/testTable.ts";
import { canonicalJson, payloadHash } from "./canonicalJson.ts";

/** Names that reach a prototype when they are assigned or merged instead of kept as data. */
const NAMES = ["__proto__", "constructor", "prototype"] as const;

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const clean = Object.getOwnPropertyNames(Object.prototype);
afterEach(() => {
  const added = Object.getOwnPropertyNames(Object.prototype).filter((name) => !clean.includes(name));
  if (added.length > 0 || {}.constructor !== Object) throw new Error(`Object.prototype was changed: ${added.join(", ")}`);
});

const hostile = (name: string): string =>
  `{"${name}":{"polluted":true,"prototype":{"polluted":true}},"deep":[{"${name}":{"polluted":true}}]}`;

describe.each(NAMES)("a key named %s", (name) => {
  const actions = defineActions({
    show: defineAction("show", { input: v.unknown(), output: v.unknown(), estimatedDuration: "1 millisecond" }),
    pick: defineAction("pick", {
      input: v.object({ polluted: v.optional(v.boolean(), false), deep: v.unknown() }),
      output: v.unknown(),
      estimatedDuration: "1 millisecond",
    }),
    keep: defineAction("keep", { input: v.unknown(), output: v.unknown(), estimatedDuration: "1 minute" }),
  });
  const open = async () => {
    const harness = createRouterHarness(table, { actions, handlers: { show: ({ input }) => input, pick: ({ input }) => input.polluted } });
    const connectionId = await harness.connect();
    const send = (frame: string) => harness.send(connectionId, frame);
    return { ...harness, send };
  };

  test("in a payload is data: it comes back as it was sent", async () => {
    const { send } = await open();
    const answer = await send(`{"id":"e1","action":"show","payload":${hostile(name)}}`);
    expect(JSON.stringify(answer)).toBe(`{"type":"response","request_id":"e1","success":true,"data":${hostile(name)}}`);
  });

  test("gives no value to a field that the payload lacks", async () => {
    const { send } = await open();
    expect(await send(`{"id":"e1","action":"pick","payload":${hostile(name)}}`)).toMatchObject({ success: true, data: false });
  });

  test("in a stored payload is stored, and told from another payload", async () => {
    const { send, deps, tenantId } = await open();
    await send(`{"id":"r1","action":"keep","payload":${hostile(name)}}`);
    const stored = await deps.requests.getConsistent({ tenantId, requestId: "r1" });
    expect(stored?.payload).toBe(hostile(name));
    expect(await send('{"id":"r1","action":"keep","payload":{"deep":[{}]}}')).toMatchObject({ error: { code: "DUPLICATE_REQUEST" } });
    expect(await send(`{"id":"r1","action":"keep","payload":${hostile(name)}}`)).toMatchObject({ duplicate: true });
  });

  test("of a message is no field of it", async () => {
    const { send } = await open();
    expect(await send(`{"${name}":{"type":"ping","action":"show"}}`)).toMatchObject({ error: { code: "INVALID_MESSAGE" } });
    expect(await send(`{"type":"${name}"}`)).toMatchObject({ error: { code: "INVALID_MESSAGE" } });
  });

  test("in metadata is left out; the rest reaches the request", async () => {
    const { send, deps, tenantId } = await open();
    await send(`{"id":"m1","action":"keep","metadata":{"${name}":"polluted","source":"test"}}`);
    const stored = await deps.requests.getConsistent({ tenantId, requestId: "m1" });
    expect(Object.entries(stored?.metadata ?? {})).toEqual([["source", "test"]]);
  });

  test("is part of what payloads are compared by", () => {
    const [one, other] = ["true", "false"].map((value) => JSON.parse(`{"${name}":{"polluted":${value}}}`) as unknown);
    expect(canonicalJson(one)).toBe(`{"${name}":{"polluted":true}}`);
    expect(payloadHash(one)).not.toBe(payloadHash(other));
  });

  test("in a result, also above a file, is data", () => {
    const result: unknown = JSON.parse(`{"${name}":{"polluted":"file:a","${name}":"file:b"}}`);
    const { body, files } = extractFiles(result, (text) => (text.startsWith("file:") ? text.slice(5) : undefined));
    expect(Object.values(files)).toEqual(["a", "b"]);
    const urls = Object.fromEntries(Object.entries(files).map(([pointer, key]) => [pointer, `https://files.example/${key}`]));
    expect(JSON.stringify(insertUrls(body, urls))).toBe(
      `{"${name}":{"polluted":"https://files.example/a","${name}":"https://files.example/b"}}`,
    );
  });

  test("does not pass a schema that has no such key", async () => {
    const schema = v.object({ source: v.string() });
    const parsed = await parse(schema, JSON.parse(`{"${name}":{"polluted":true},"source":"test"}`));
    expect(Object.keys(parsed)).toEqual(["source"]);
    await expect(parse(schema, JSON.parse(`{"${name}":{"source":"inherited"}}`))).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  });
});
