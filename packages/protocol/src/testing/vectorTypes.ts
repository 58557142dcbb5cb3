/** The files of `packages/protocol/vectors`, for the compiler. Their README says what they mean, their schemas what may stand in them. */
export type Json = Readonly<Record<string, unknown>>;

/** One frame, and what reading it must give. */
export interface MessageVector {
  readonly name: string;
  readonly text?: string;
  readonly json?: Json;
  readonly built?: { readonly before: string; readonly fill: string; readonly count: number; readonly after: string };
  readonly expect:
    | { readonly message: Json }
    | { readonly error: { readonly code: string; readonly request_id?: string; readonly batch_id?: string } }
    | { readonly gateway: true }
    | { readonly ignored: true };
}

/** A file of frames of one sender. */
export interface MessageVectorFile {
  readonly sender: "client" | "server";
  readonly vectors: readonly MessageVector[];
}

/** What the app asks of a client. */
export type ClientCall =
  | {
      readonly call: "submit";
      readonly id: string;
      readonly action: string;
      readonly payload?: unknown;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | { readonly call: "get"; readonly id: string; readonly action: string }
  | { readonly call: "cancel"; readonly id: string; readonly reason?: string }
  | { readonly call: "close" };

/** What the app sees of a request. Only what is named is looked at. */
export interface RequestView {
  readonly status?: string;
  readonly attempt?: number;
  readonly stale?: boolean;
  readonly updates?: readonly Json[];
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly details?: Json };
}

/** One step of a client's vector: what the app asks, what the server does, or what must be seen. */
export type ClientStep =
  | ClientCall
  | { readonly open: number; readonly token?: string; readonly protocol?: string }
  | { readonly refuse: number }
  | { readonly expect_no_connection: true }
  | { readonly connection: number; readonly expect: Json }
  | { readonly connection: number; readonly expect_nothing: true }
  | { readonly connection: number; readonly receive: Json }
  | { readonly connection: number; readonly receive_text: string }
  | { readonly connection: number; readonly close: number }
  | { readonly connection: number; readonly expect_close: number }
  | { readonly connection: number; readonly expect_open: true }
  | { readonly repeat: number; readonly steps: readonly ClientStep[] }
  | { readonly advance_ms: number }
  | { readonly http: HttpExchange }
  | { readonly request: string; readonly is: RequestView }
  | { readonly state: string };

/** A call of HTTP that a client must make, and its answer. */
export interface HttpExchange {
  readonly method: "GET" | "PUT";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly answer: { readonly status: number; readonly body?: unknown };
}

/** A conversation that a client must hold as it is written. */
export interface ClientVector {
  readonly name: string;
  /** Where PROTOCOL.md says it. */
  readonly says: string;
  /** What takes the place of chance: of each delay with jitter this share is waited. Default 0. */
  readonly jitter?: number;
  /** The tokens that the app gives, one after the other; the last for ever. Default `["token-1"]`. */
  readonly tokens?: readonly string[];
  readonly steps: readonly ClientStep[];
}

/** What a worker does, behind the server's back. */
export type WorkStep =
  | { readonly do: "claim" }
  | { readonly do: "progress"; readonly percentage: number; readonly message: string }
  | { readonly do: "chunk"; readonly data: readonly unknown[] }
  /** `count` updates that were stored and are not any more; the last was this progress. */
  | { readonly do: "forget"; readonly count: number; readonly percentage: number; readonly message: string }
  | { readonly do: "retry"; readonly in_ms: number }
  | { readonly do: "complete"; readonly data: unknown }
  | { readonly do: "fail"; readonly code: string }
  | { readonly do: "redrive" };

/** One step of a server's vector: what a client does, what a worker does, or what must be seen. */
export type ServerStep =
  | { readonly connect: string; readonly user?: string; readonly tenant?: string; readonly permissions?: readonly string[] }
  | { readonly connection: string; readonly receive: Json }
  | { readonly connection: string; readonly receive_text: string }
  | { readonly connection: string; readonly expect: Json }
  | { readonly advance_ms: number }
  | { readonly repeat: number; readonly steps: readonly ServerStep[] }
  | { readonly work: string; readonly tenant?: string; readonly steps: readonly WorkStep[] };

/** A conversation that a server must hold as it is written. */
export interface ServerVector {
  readonly name: string;
  readonly says: string;
  readonly steps: readonly ServerStep[];
}

/** A file of conversations, for clients or for servers. */
export type ConversationFile =
  | { readonly side: "client"; readonly vectors: readonly ClientVector[] }
  | { readonly side: "server"; readonly vectors: readonly ServerVector[] };
