export { createClient } from "./createClient.ts";
export type { ActionClient, ActionHandle, AmbiguousKey, CreateClientOptions, ProgressMetadataOf, TypedClient } from "./createClient.ts";
export type { RequestBuilder } from "./requestBuilder.ts";
export type { RequestHandle } from "./requestHandle.ts";
export { StreamerClient } from "./streamerClient.ts";
export type * from "./types.ts";
export { StreamerError } from "@streamer/protocol";
export type { AnyStreamerError, ErrorCode } from "@streamer/protocol";
