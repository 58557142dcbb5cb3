import { clientMessage, isAsync, serverMessage, SUBPROTOCOL } from "@streamer/protocol";
import type { Action, Actions } from "@streamer/protocol";
import { jsonSchemaOf } from "../../schema/jsonSchema.ts";
import type { JsonSchema } from "../../schema/jsonSchema.ts";

const CHANNEL = "#/channels/connection";

interface Message {
  readonly name: string;
  readonly title: string;
  readonly payload: JsonSchema;
}

export interface AsyncApiOptions {
  readonly actions: Actions;
  readonly title: string;
  readonly version: string;
  /** Where clients connect. Without one the document names no server. */
  readonly url?: string | undefined;
}

/**
 * What an app says over its WebSocket, as AsyncAPI 3.0: each message of the protocol, and for each action the request that it takes, the result it
 * gives and the progress it tells. The app is the server: it receives what clients send.
 *
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function asyncApiDocument({ actions, title, version, url }: AsyncApiOptions) {
  const list = Object.values<Action>(actions);
  const received = [...clientMessage.options.map((schema) => protocolMessage(schema)), ...list.map((action) => requestOf(action))];
  const sent = [...serverMessage.options.map((schema) => protocolMessage(schema)), ...list.flatMap((action) => answersOf(action))];
  const inOut = [...received.map((message) => ["client", message] as const), ...sent.map((message) => ["server", message] as const)];
  const keyed = inOut.map(([side, message]) => [`${side}_${message.name}`, message] as const);
  return {
    asyncapi: "3.0.0",
    info: {
      title,
      version,
      description: "Long work behind an interactive screen: requests, their acknowledgment, progress and results over one WebSocket.",
    },
    defaultContentType: "application/json",
    ...(url === undefined ? {} : { servers: { stage: serverOf(url) } }),
    channels: {
      connection: {
        address: "/",
        title: "The WebSocket of a client",
        description: `The subprotocols are ${SUBPROTOCOL} and streamer.jwt.<token>; a client that cannot set them puts the token into the query as Authorization. A frame holds one message, 32 KB at most from a client.`,
        bindings: { ws: { method: "GET", bindingVersion: "0.1.0" } },
        messages: Object.fromEntries(keyed.map(([key]) => [key, { $ref: `#/components/messages/${key}` }])),
      },
    },
    operations: {
      receiveFromClient: operation("receive", "What clients send", keyed, "client_"),
      sendToClient: operation("send", "What the server sends", keyed, "server_"),
    },
    components: {
      messages: Object.fromEntries(keyed.map(([key, message]) => [key, message])),
      securitySchemes: {
        subprotocol: {
          type: "httpApiKey",
          in: "header",
          name: "Sec-WebSocket-Protocol",
          description: `"${SUBPROTOCOL}, streamer.jwt.<token>": a JWT with sub, tenant_id and exp.`,
        },
        query: { type: "httpApiKey", in: "query", name: "Authorization", description: "The same JWT, for clients without subprotocols." },
      },
    },
  };
}

function operation(action: "send" | "receive", summary: string, keyed: readonly (readonly [string, Message])[], prefix: string) {
  const keys = keyed.map(([key]) => key).filter((key) => key.startsWith(prefix));
  return { action, summary, channel: { $ref: CHANNEL }, messages: keys.map((key) => ({ $ref: `${CHANNEL}/messages/${key}` })) };
}

type ProtocolSchema = (typeof clientMessage.options)[number] | (typeof serverMessage.options)[number];

function protocolMessage(schema: ProtocolSchema): Message {
  const payload = jsonSchemaOf(schema, "input");
  // One message has two forms, told apart by `success`.
  const name = "entries" in schema ? schema.entries.type.literal : schema.options[0].entries.type.literal;
  return { name, title: `The message "${name}" of the protocol`, payload };
}

function requestOf(action: Action): Message {
  const { name, permissions } = action;
  const needs = permissions.length === 0 ? "" : ` It needs ${permissions.join(", ")}.`;
  return {
    name: `request_${name}`,
    title: `A request for ${name}`,
    payload: {
      ...(needs === "" ? {} : { description: needs.trim() }),
      ...object(
        { type: { const: "request" }, id: { type: "string" }, action: { const: name }, payload: jsonSchemaOf(action.input, "input") },
        ["type", "action"],
      ),
    },
  };
}

/** A short action answers with a response, a long one with progress, chunks if it emits any, and its completion. */
function answersOf(action: Action): readonly Message[] {
  const { name, output, progress, chunk } = action;
  const data = jsonSchemaOf(output, "output");
  const request_id = { type: "string" };
  const success = { const: true };
  if (!isAsync(action)) {
    const payload = object({ type: { const: "response" }, request_id, success, data }, ["type", "request_id", "success", "data"]);
    return [{ name: `response_${name}`, title: `The answer of ${name}`, payload }];
  }
  const result = object({ success, data }, ["success", "data"]);
  const complete = object({ type: { const: "complete" }, request_id, result }, ["type", "request_id", "result"]);
  const metadata = progress === undefined ? [] : [{ type: { const: "progress" }, request_id, metadata: jsonSchemaOf(progress, "output") }];
  const values =
    chunk === undefined ? [] : [{ type: { const: "chunk" }, request_id, data: { type: "array", items: jsonSchemaOf(chunk, "output") } }];
  return [
    ...metadata.map((fields) => ({
      name: `progress_${name}`,
      title: `Progress of ${name}`,
      payload: object(fields, ["type", "request_id"]),
    })),
    ...values.map((fields) => ({
      name: `chunk_${name}`,
      title: `What ${name} emits`,
      payload: object(fields, ["type", "request_id", "data"]),
    })),
    { name: `complete_${name}`, title: `The result of ${name}`, payload: complete },
  ];
}

function object(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema {
  return { type: "object", properties, required };
}

function serverOf(url: string) {
  const { protocol, host, pathname } = new URL(url);
  return {
    host,
    protocol: protocol.replace(":", ""),
    ...(pathname === "/" ? {} : { pathname }),
    security: [{ $ref: "#/components/securitySchemes/subprotocol" }, { $ref: "#/components/securitySchemes/query" }],
  };
}
