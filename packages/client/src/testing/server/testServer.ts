import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Action, Actions, Clock, Topic, TopicName } from "@streamer/protocol";
import type { CreateClientOptions, TypedClient } from "../../createClient.ts";
import type { FetchLike } from "../../types.ts";
import type { NetworkRule } from "./network.ts";
import type { TestConnection } from "./testConnection.ts";
import type { TestFiles } from "./testFiles.ts";
import type { TestRequest } from "./testRequest.ts";
import type { TestWebSocketClass } from "./testWebSocket.ts";

type Schema = StandardSchemaV1;

/** To whom `publish` speaks. `tenantId`: default `"tenant"`. */
export interface PublishOptions {
  readonly tenantId?: string | undefined;
}

/** What a server in memory knows of the app, and its time. */
export interface TestServerOptions<App extends Actions> {
  /**
   * The app's actions. With them payloads are checked as the real server does, unknown actions are refused, permissions are asked for, and
   * it is known which actions are short. Default: any action that `on` names, with any payload.
   */
  readonly actions?: App | undefined;
  /**
   * The app's topics. With them permissions are asked for, presence is told, and names of no topic are refused. Default: every name is a
   * topic, for everyone, of any events and without presence.
   */
  readonly topics?: readonly Topic[] | undefined;
  /** Default: the system's time. A fake one is in `@streamer/protocol/testing`; `server.client` then goes by it too. */
  readonly clock?: Clock | undefined;
  /** How long each frame takes, in milliseconds. Default 0: it arrives in a later microtask. */
  readonly latencyMs?: number | undefined;
}

/** The definition of an action by its name. */
export type ActionNamed<App extends Actions, Name extends string> = string extends App[keyof App]["name"]
  ? Action
  : Extract<App[keyof App], { readonly name: Name }>;

/** What an action does. What it throws fails the request; a value it gives completes it, unless the script has ended it already. */
export type TestHandler<A extends Action> = (request: TestRequest<A>) => unknown;

/** A server in memory that speaks the protocol, and says what a test tells it to. */
export interface TestServer<App extends Actions> {
  /** Anything that begins with `wss://`; no network is used. */
  readonly url: string;
  /** Pass it to a client, or put it in the place of the global one. */
  readonly WebSocket: TestWebSocketClass;
  /** For payloads and results that no message holds. */
  readonly fetch: FetchLike;
  /** A client of this server for the user `"user"`, made at first use. Its delays have no length. */
  readonly client: TypedClient<App>;
  /** Another client, such as of another user or a second tab. Closed by `close()`. */
  connectClient(options?: Partial<CreateClientOptions>): TypedClient<App>;
  /**
   * From now on requests for this action are taken, and given to `handler`, or to whom `next()` of what this returns gives them. A second
   * call replaces the first.
   */
  on<Name extends App[keyof App]["name"]>(
    action: Name,
    handler?: TestHandler<ActionNamed<App, Name>>,
  ): { next(): Promise<TestRequest<ActionNamed<App, Name>>> };
  /** The stored request of this id, of whichever tenant. */
  request(id: string): TestRequest | undefined;
  /** All connections so far, in order, ended ones too. */
  readonly connections: readonly TestConnection[];
  /** The next connection that nobody has asked for yet, as soon as it is open. */
  nextConnection(): Promise<TestConnection>;
  /**
   * Publishes to the tenant's connections that are subscribed to a topic of the app, as a handler of an action would. The transitions of the
   * server's requests are published by themselves.
   *
   * @param options `tenantId`: default `"tenant"`, as that of `createTestToken`.
   * @throws {Error} when the topic is one of the server's own, or none of the option `topics`, or the data does not fit it.
   */
  publish<Event extends Schema>(topic: TopicName<Event>, data: StandardSchemaV1.InferInput<Event>, options?: PublishOptions): void;
  /** The same by the topic's name: the data is checked when the option `topics` has the topic. */
  publish(topic: string, data: unknown, options?: PublishOptions): void;

  /** Breaks every open connection, as when a network goes away. */
  dropConnections(): void;
  /** Refuses the next upgrades: the client sees 1006. */
  refuseUpgrades(count: number): void;
  /** Leaves the next upgrade without an answer. */
  ignoreUpgrade(): void;
  /**
   * The tokens of all open connections are good no longer: new requests over them get `UNAUTHORIZED`, upgrades with them are refused. A
   * client that asks its token function for another gets on.
   */
  expireTokens(): void;
  /** The next frames are answered by the platform's own frame, as when the server fails. Nothing of them is stored. */
  failFrames(count: number): void;
  /** The next frames are refused with `RATE_LIMITED`. */
  limitFrames(count: number, retryAfterSeconds: number): void;
  /** Decides what becomes of the messages of the server: lost, delayed, out of order, twice. @returns what removes the rule. */
  intercept(rule: NetworkRule): () => void;
  /** How long each frame takes from now on, in either direction. */
  setLatency(latencyMs: number): void;
  /** Where uploads go and large results come from. */
  readonly files: Pick<TestFiles, "failNext" | "expireUrls">;
  /** What handlers threw that no client is told of. */
  readonly handlerErrors: readonly unknown[];
  /** Closes the clients it made and drops all other connections. Nothing of it runs any more. */
  close(): Promise<void>;
}
