import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalStack } from "@streamer/local";
import type { LocalStack, LogLine } from "@streamer/local";
import { describe, expect, it, onTestFinished } from "vitest";
import { FUNCTIONS_DIR } from "../support/localStack.ts";
import { connectWire, UpgradeRefused } from "../support/wireClient.ts";
import type { Frame, WireClient, WireOptions } from "../support/wireClient.ts";
import { MISFORTUNES } from "./app/src/actions/misfortune.ts";
import { createCanaries } from "./canaries.ts";
import type { Canaries } from "./canaries.ts";
import { compact, createWorld, GOOD_HEADER, goodClaims, rs } from "./forge.ts";
import type { World } from "./forge.ts";

interface Scene {
  readonly stack: LocalStack;
  readonly world: World;
  readonly canaries: Canaries;
  /** Everything that was logged, by functions and by the stack. */
  readonly logs: () => string;
  /** A token with canaries in it, each of whose parts is one too. */
  readonly token: (name: string, claims?: object, header?: object) => string;
  readonly connect: (token: string, options?: WireOptions) => Promise<WireClient>;
}

async function open(functionsDir: string): Promise<Scene> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-redaction-"));
  const lines: LogLine[] = [];
  const stack = await startLocalStack({ functionsDir, dataDir, port: 0, log: (line) => lines.push(line) });
  onTestFinished(async () => {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const world = createWorld(dataDir, "https://keys.example/");
  const canaries = createCanaries();
  const keyFile = readFileSync(join(dataDir, "jwt-private-key.pem"), "utf8");
  for (const [name, pem] of [
    ["private key", keyFile],
    ["public key", world.publicPem],
  ] as const) {
    for (const line of pem.split("\n").filter((text) => text.length > 20 && !text.startsWith("-"))) canaries.watch(name, line);
  }
  return {
    stack,
    world,
    canaries,
    // A function's line as it was written: parsed too it would be there twice.
    logs: () => lines.map((line) => line.text ?? JSON.stringify(line)).join("\n"),
    token(name, claims = {}, header = {}) {
      const secrets = {
        aud: "streamer-tests",
        note: canaries.hatch(`${name}: claim`),
        permissions: [canaries.hatch(`${name}: permission`)],
      };
      const token = compact({ ...GOOD_HEADER, ...header }, goodClaims(world, { ...secrets, ...claims }), rs(world.privateKey));
      for (const part of token.split(".")) canaries.watch(`${name}: a part of it`, part);
      return token;
    },
    connect: (token, options) => connectWire(stack.websocketUrl, token, options),
  };
}

const errorOf = (frame: Frame): unknown => (frame["error"] as { code?: unknown } | undefined)?.code;
const about = (id: string) => (frame: Frame) => frame["request_id"] === id && frame["type"] !== "progress";

describe("the logs hold no token, payload, metadata, result, reason, key or signed URL", () => {
  it("of a run of the app that comes with Streamer, good and bad", { timeout: 60_000 }, async () => {
    const { stack, world, canaries, logs, token, connect } = await open(FUNCTIONS_DIR);
    const { hatch } = canaries;

    for (const [name, claims, header] of [
      ["expired token", { exp: 1 }, {}],
      ["token of another issuer", { iss: hatch("issuer") }, {}],
      ["token of an unlisted kind", {}, { alg: "RS512", kid: hatch("kid"), jku: `https://${hatch("jku")}.example` }],
      ["token with a wrong tenant", { tenant_id: [hatch("tenant")] }, {}],
      ["token with a wrong permission", { permissions: [{ name: hatch("permission") }] }, {}],
    ] as const) {
      for (const by of ["query", "subprotocol"] as const) {
        await expect(connect(token(name, claims, header), { by })).rejects.toThrow(UpgradeRefused);
      }
    }
    await expect(connect(hatch("no token at all"))).rejects.toThrow(UpgradeRefused);

    const client = await connect(token("good token"), { by: "subprotocol" });
    const metadata = { note: hatch("metadata"), [hatch("metadata's key")]: "x" };
    const message = hatch("echoed");
    client.send({ id: "short", action: "echo", payload: { message }, metadata });
    expect(await client.waitFor(about("short"))).toMatchObject({ data: { message } });
    client.send({ id: "misfit", action: "echo", payload: { message: { deep: hatch("misfit") }, [hatch("key")]: 1 }, metadata });
    expect(errorOf(await client.waitFor(about("misfit")))).toBe("VALIDATION_ERROR");

    const payload = { start_date: "2024-01-01", end_date: "2024-12-31", note: hatch("payload") };
    for (const id of ["report", "stopped"]) client.send({ id, action: "generate_report", payload, metadata });
    for (const id of ["report", "stopped"]) await client.waitFor(about(id));
    client.send({ id: "report", action: "generate_report", payload: { ...payload, note: hatch("another payload") }, metadata });
    await client.waitFor((frame) => errorOf(frame) === "DUPLICATE_REQUEST");
    client.send({ type: "cancel", request_id: "stopped", reason: hatch("reason") });
    client.send({ type: "cancel", request_id: "unknown", reason: hatch("reason for nothing") });
    const end = (await client.untilEnd("report")).at(-1) as { result: { data: { url: string } } };
    await client.untilEnd("stopped");
    canaries.watch("signed URL", new URL(end.result.data.url).searchParams.get("X-Amz-Signature") ?? "");

    const deep = `${"[".repeat(100)}"${hatch("too deep")}"${"]".repeat(100)}`;
    const frames = [
      hatch("no JSON"),
      `{"id":"b1","payload":"${hatch("half a frame")}`,
      { id: "b2", type: hatch("type") },
      { id: "b3", action: hatch("action"), payload: { note: hatch("payload of no action") } },
      { id: `${hatch("id")} with a blank`, action: "echo", payload: {} },
      { id: "b4", action: { name: hatch("action as an object") } },
      { id: "b5", action: "echo", payload: { message: "x" }, metadata: { a: { b: hatch("metadata as an object") } } },
      `{"id":"b6","action":"echo","payload":${deep}}`,
      { type: "subscribe_topic", topic: hatch("topic") },
      { type: "cancel", request_id: "report", reason: { text: hatch("reason as an object") } },
      { type: "authenticate", token: hatch("no token in-band") },
      { type: "authenticate", token: token("another user's token", { sub: "bob" }) },
    ];
    for (const frame of frames) {
      const known = client.frames.length;
      client.send(frame);
      await client.waitFor((answer) => client.frames.indexOf(answer) >= known && answer["type"] === "error");
    }
    client.send({ type: "authenticate", token: token("fresh token") });
    await client.waitFor((frame) => frame["type"] === "authenticated");
    client.send({ type: "subscribe", request_id: "report" });
    expect(await client.waitFor((frame) => frame["type"] === "subscribed")).toMatchObject({ outcome: { type: "complete" } });
    const tooLarge = await connect(token("token of a large frame"));
    tooLarge.send({ id: "large", action: "echo", payload: { message: hatch("large").repeat(2_000) } });
    expect(await tooLarge.closed).toEqual({ code: 1009 });
    await client.close();
    await expect.poll(() => logs().split("A connection was closed.").length - 1, { timeout: 10_000 }).toBe(2);

    expect(world.publicPem).toBe(stack.key.publicKey);
    // What is to be found in them is: who did what, and how it ended.
    for (const expected of [
      "A connection was opened.",
      '"request_id":"report"',
      '"request_id":"misfit"',
      "VALIDATION_ERROR",
      "ERR_JWT_EXPIRED",
    ])
      expect(logs()).toContain(expected);
    canaries.expectNoneIn(logs());
  });

  it("of an app whose actions fail with what they work on in their errors, at the level DEBUG", { timeout: 60_000 }, async () => {
    const { canaries, logs, token, connect } = await open(join(import.meta.dirname, "app"));
    const { hatch } = canaries;
    const client = await connect(token("good token"));
    for (const how of [...MISFORTUNES, "nothing"]) {
      client.send({ id: `short-${how}`, action: "reveal", payload: { how, secret: hatch(`short ${how}`) } });
      client.send({ id: `long-${how}`, action: "reveal_later", payload: { how, secret: hatch(`long ${how}`) } });
    }
    client.send({
      id: "broken",
      action: "reveal",
      payload: { how: "nothing", secret: hatch("broken reply") },
      metadata: { broken: "yes" },
    });
    expect(errorOf(await client.waitFor(about("broken")))).toBe("INTERNAL_ERROR");

    const asked = MISFORTUNES.filter((how) => how !== "input");
    for (const how of ["short-input", "long-input"]) expect(errorOf(await client.waitFor(about(how)))).toBe("VALIDATION_ERROR");
    for (const how of asked) {
      expect(await client.waitFor(about(`short-${how}`))).toMatchObject({ type: "response", success: false });
      expect((await client.untilEnd(`long-${how}`)).at(-1)).toMatchObject({ type: "error", final: true });
    }
    expect(await client.waitFor(about("short-nothing"))).toMatchObject({ success: true });
    expect((await client.untilEnd("long-nothing")).at(-1)).toMatchObject({ type: "complete" });
    await client.close();

    // Each failure is in them, and DEBUG is: what is missing is missing because it was left out.
    expect(logs().split("A handler failed.").length - 1).toBe(asked.length);
    expect(logs().split("The request failed.").length - 1).toBe(asked.length);
    for (const expected of ["The handler of reveal runs.", "The processor of reveal_later runs.", "A message could not be answered."])
      expect(logs()).toContain(expected);
    canaries.expectNoneIn(logs());
  });
});

it("a canary that sings is heard", () => {
  const canaries = createCanaries();
  const text = canaries.hatch("the loud one");
  canaries.hatch("the quiet one");
  expect(() => canaries.expectNoneIn(`{"message":"${text}"}`)).toThrow(/the loud one/);
  expect(() => canaries.expectNoneIn("silence")).not.toThrow();
});
