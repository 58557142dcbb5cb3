import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { clientSamples, serverSamples } from "@streamer/protocol/testing";
import { expect, it } from "vitest";
import { loadApp } from "../../stack/app.ts";
import { createProgram } from "../program.ts";
import { asyncApiDocument } from "./document.ts";

const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../../../functions");
const { actions } = await loadApp(FUNCTIONS_DIR);
const options = { actions, title: "Shop", version: "2.1.0" };
const document = asyncApiDocument({ ...options, url: "wss://api.example.com/prod" });
const messages = document.components.messages;

/** Each text under a `$ref`, wherever it stands. */
function references(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => (key === "$ref" ? [String(child)] : references(child)));
}

function at(pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], document);
}

it("is AsyncAPI 3.0 with what that asks for: title, version, a server, a channel, operations of that channel", () => {
  expect(document).toMatchObject({
    asyncapi: "3.0.0",
    info: { title: "Shop", version: "2.1.0" },
    servers: { stage: { host: "api.example.com", protocol: "wss", pathname: "/prod" } },
    channels: { connection: { address: "/" } },
    operations: { receiveFromClient: { action: "receive" }, sendToClient: { action: "send" } },
  });
  expect(asyncApiDocument(options)).not.toHaveProperty("servers");
});

it("every reference leads somewhere, and each message of the channel is sent by one side", () => {
  const all = references(document);
  expect(all.filter((reference) => at(reference) === undefined)).toEqual([]);
  const { receiveFromClient, sendToClient } = document.operations;
  const used = [...receiveFromClient.messages, ...sendToClient.messages].map(({ $ref }) => $ref.split("/").at(-1));
  expect(used).toHaveLength(Object.keys(messages).length);
  expect(new Set(used)).toEqual(new Set(Object.keys(messages)));
});

it("has every message of the protocol, with every field that one can have", () => {
  for (const [side, samples] of [
    ["client", clientSamples],
    ["server", serverSamples],
  ] as const) {
    for (const [type, sample] of Object.entries(samples)) {
      const { payload } = messages[`${side}_${type}`] as {
        payload: { properties?: object; anyOf?: { properties: object }[]; oneOf?: { properties: object }[] };
      };
      const forms =
        payload.properties === undefined ? (payload.anyOf ?? payload.oneOf ?? []).map((form) => form.properties) : [payload.properties];
      const known = forms.flatMap((form) => Object.keys(form));
      for (const one of [sample].flat())
        expect({ type, known }).toEqual({ type, known: expect.arrayContaining(Object.keys(one)) as string[] });
    }
  }
});

it("metadata is an object of short texts, though code has the first look at it", () => {
  expect(messages["client_request"]?.payload).toMatchObject({
    properties: { metadata: { type: "object", additionalProperties: { type: "string" } } },
  });
});

it("has for each action the request it takes, with its input, and what it answers with", () => {
  expect(messages["client_request_echo"]?.payload).toMatchObject({
    properties: { action: { const: "echo" }, payload: { properties: { message: { type: "string", maxLength: 4000 } } } },
  });
  expect(messages["server_response_echo"]?.payload).toMatchObject({
    properties: { data: { properties: { message: { type: "string" } } } },
  });
  expect(messages["server_progress_generate_report"]?.payload).toMatchObject({
    properties: { metadata: { properties: { stage: { enum: ["query", "render", "upload"] } } } },
  });
  expect(messages["server_complete_generate_report"]?.payload).toMatchObject({
    properties: { result: { properties: { data: { required: ["url", "records", "size"] } } } },
  });
  expect(messages).not.toHaveProperty("server_response_generate_report");
});

it("the command writes it into a file, and refuses an address that is none", async () => {
  const dir = await mkdtemp(join(tmpdir(), "streamer-asyncapi-"));
  const run = (...args: readonly string[]) =>
    createProgram().parseAsync(["asyncapi", "--functions", FUNCTIONS_DIR, ...args], { from: "user" });
  try {
    await run("--out", join(dir, "a.json"), "--title", "Shop", "--app-version", "2.1.0", "--url", "wss://api.example.com/prod");
    expect(JSON.parse(await readFile(join(dir, "a.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(document)));
    await expect(run("--out", join(dir, "no/a.json"))).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining("ENOENT") as string,
    });
    await expect(run("--url", "https://a")).rejects.toMatchObject({ exitCode: 2 });
  } finally {
    await rm(dir, { recursive: true });
  }
});
