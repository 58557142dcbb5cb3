/**
 * The client, for browsers and Node.
 *
 * @module @streamer/client
 */

export { getBatch, submitBatch } from "./batch/submitBatch.ts";
export type * from "./batch/types.ts";
export { createClient } from "./createClient.ts";
export type { ActionClient, ActionHandle, AmbiguousKey, CreateClientOptions, ProgressMetadataOf, TypedClient } from "./createClient.ts";
export type { RequestBuilder } from "./requestBuilder.ts";
export type { RequestHandle } from "./requestHandle.ts";
export { StreamerClient } from "./streamerClient.ts";
export { membersByUser } from "./topics/members.ts";
export type { TopicUser } from "./topics/members.ts";
export { subscribeTopic } from "./topics/subscribeTopic.ts";
export type { TopicClient } from "./topics/subscribeTopic.ts";
export type * from "./topics/types.ts";
export type * from "./types.ts";
export { StreamerError } from "@streamer/protocol";
export type { AnyStreamerError, ErrorCode } from "@streamer/protocol";
