import { readFileSync, readdirSync } from "node:fs";
import type { ClientVector, ConversationFile, MessageVector, MessageVectorFile, ServerVector } from "@streamer/protocol/testing";

const FOLDER = new URL("../../../protocol/vectors/", import.meta.url);

/** The frames of servers, and what a client reads in them. */
export function readServerMessages(): readonly MessageVector[] {
  return (JSON.parse(readFileSync(new URL("messages-server.json", FOLDER), "utf8")) as MessageVectorFile).vectors;
}

/** The conversations of `packages/protocol/vectors`, by file. */
function readConversations(): readonly (readonly [file: string, content: ConversationFile])[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json") && !file.endsWith(".schema.json"))
    .map((file) => [file, JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as ConversationFile] as const)
    .filter(([, content]) => "side" in content);
}

/** Those that a client runs. */
export function readClientVectors(): readonly { readonly file: string; readonly vectors: readonly ClientVector[] }[] {
  return readConversations().flatMap(([file, content]) => (content.side === "client" ? [{ file, vectors: content.vectors }] : []));
}

/** Those that a server runs. */
export function readServerVectors(): readonly ServerVector[] {
  return readConversations().flatMap(([, content]) => (content.side === "server" ? content.vectors : []));
}
