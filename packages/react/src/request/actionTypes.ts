import type { ActionClient, ProgressMetadataOf } from "@streamer/client";
import type { Action, ChunkOf, InputOf, OutputOf } from "@streamer/protocol";
import type { RequestState } from "./requestState.ts";

export type DataOf<A extends Action> = OutputOf<A>;
export type MetadataOf<A extends Action> = ProgressMetadataOf<A>;

/** A request of this action, as a component shows it. */
export type RequestStateOf<A extends Action> = RequestState<DataOf<A>, MetadataOf<A>, ChunkOf<A>>;

/** What `submit` takes: the input, which may be left out when it may be empty, and options. */
export type SubmitArgumentsOf<A extends Action> = Parameters<ActionClient<A>["submit"]>;

/** An input that may be empty may be left out. */
export type MutationInputOf<A extends Action> = object extends InputOf<A> ? InputOf<A> | void : InputOf<A>;
