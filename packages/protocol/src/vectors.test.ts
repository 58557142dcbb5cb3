import { describe, expect, test } from "vitest";
import { decodeClientMessage, decodeServerMessage, encodeClientMessage, encodeServerMessage } from "./codec.ts";
import { ERROR_CODES } from "./errors.ts";
import type { ClientMessageInput, ServerMessage } from "./messages.ts";
import type { MessageVector } from "./testing/vectorTypes.ts";
import { readVectorFiles, schemaProblems, textOf } from "./testing/vectorFiles.ts";
import { readProtocolDocument } from "./testing/protocolDocument.ts";
import { clientSamples, serverSamples } from "./testing/sampleMessages.ts";

const files = readVectorFiles();
const fromClients = files.messages.find(({ sender }) => sender === "client")?.vectors ?? [];
const fromServers = files.messages.find(({ sender }) => sender === "server")?.vectors ?? [];

test.each(files.all.map(({ name }) => name))("%s is as its schema says", (name) => {
  expect(schemaProblems(name)).toEqual([]);
});

test("no two vectors of a file have one name", () => {
  const twice = files.all.flatMap(({ content }) => {
    const names = content.vectors.map((vector) => vector.name);
    return names.filter((name, index) => names.indexOf(name) !== index);
  });
  expect(twice).toEqual([]);
});

test("each conversation names a place of PROTOCOL.md", () => {
  const { text } = readProtocolDocument();
  const places = new Set(
    [...text.matchAll(/^(?:#+ |\*\*)(.*?)(?:\*\*)?$/gm)].map(([, title = ""]) => title.replaceAll("`", "").replace(/ \(terminal.*\)$/, "")),
  );
  const rules = text.split("## Rules for clients")[1]?.match(/^\d+\. /gm)?.length ?? 0;
  for (let rule = 1; rule <= rules; rule += 1) places.add(`Rules for clients ${rule}`);
  const says = files.all.flatMap(({ content }) => ("side" in content ? content.vectors.map((vector) => vector.says) : []));
  expect(says.filter((place) => !places.has(place))).toEqual([]);
});

/** Those that are read, and their messages. */
function messagesOf(vectors: readonly MessageVector[]): [name: string, message: object][] {
  return vectors.flatMap(({ name, expect: expected }) => ("message" in expected ? [[name, expected.message] as [string, object]] : []));
}

describe("a client's frame is read as the vector says:", () => {
  const read = (text: string): MessageVector["expect"] => {
    const decoded = decodeClientMessage(text);
    if (decoded.ok) return { message: decoded.message };
    const { code } = decoded.error.toBody();
    const { requestId, batchId } = decoded;
    const subject = {
      ...(requestId === undefined ? {} : { request_id: requestId }),
      ...(batchId === undefined ? {} : { batch_id: batchId }),
    };
    return { error: { code, ...subject } };
  };
  test.each(fromClients.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
    expect(read(textOf(vector))).toEqual(vector.expect);
  });
});

describe("a server's frame is read as the vector says:", () => {
  const read = (text: string): MessageVector["expect"] => {
    const decoded = decodeServerMessage(text);
    if (!decoded.ok) return { ignored: true };
    return "gateway" in decoded ? { gateway: true } : { message: decoded.message };
  };
  test.each(fromServers.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
    expect(read(textOf(vector))).toEqual(vector.expect);
  });
});

describe("what was read gives the same when it is written:", () => {
  test.each(messagesOf(fromClients))("a client's: %s", (_, message) => {
    expect(JSON.parse(encodeClientMessage(message as ClientMessageInput))).toEqual(message);
  });
  test.each(messagesOf(fromServers))("a server's: %s", (_, message) => {
    expect(JSON.parse(encodeServerMessage(message as ServerMessage))).toEqual(message);
  });
});

describe("the vectors leave nothing out:", () => {
  const typesOf = (vectors: typeof fromClients): Set<unknown> =>
    new Set(vectors.flatMap(({ expect: expected }) => ("message" in expected ? [expected.message["type"]] : [])));

  test("every type of a client's message", () => {
    expect(typesOf(fromClients)).toEqual(new Set(Object.keys(clientSamples)));
  });

  test("every type of a server's message", () => {
    expect(typesOf(fromServers)).toEqual(new Set(Object.keys(serverSamples)));
  });

  test("every type, in a conversation", () => {
    const conversations = JSON.stringify(files.all.filter(({ content }) => "side" in content));
    const types = [...Object.keys(clientSamples), ...Object.keys(serverSamples)];
    const missing = types.filter((type) => type !== "request" && !conversations.includes(`"type":"${type}"`));
    expect(missing).toEqual([]);
  });

  test("every error code", () => {
    const codes = JSON.stringify(fromServers);
    expect(ERROR_CODES.filter((code) => !codes.includes(`"code":"${code}"`))).toEqual([]);
  });
});
