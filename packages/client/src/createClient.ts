import type { Action, Actions, ChunkOf, InputOf, OutputOf, ProgressOf } from "@streamer/protocol";
import { actionName } from "./actionName.ts";
import type { ActionName } from "./actionName.ts";
import type { RequestHandle } from "./requestHandle.ts";
import { StreamerClient } from "./streamerClient.ts";
import type { GetOptions, RequestOptions, StreamerClientOptions } from "./types.ts";

/** The typed metadata of an action's progress; any object when the action does not define it. */
export type ProgressMetadataOf<A extends Action> = [ProgressOf<A>] extends [never] ? Record<string, unknown> : ProgressOf<A>;

/** An input that may be empty may be left out. */
type SubmitArguments<Input> = object extends Input ? [input?: Input, options?: RequestOptions] : [input: Input, options?: RequestOptions];

/** The handle of a request of this action. An action that does not define chunks emits none. */
export type ActionHandle<A extends Action> = RequestHandle<OutputOf<A>, ProgressMetadataOf<A>, ChunkOf<A>>;

/** One action, as a client sees it. */
export interface ActionClient<A extends Action> {
  /** The action's name on the wire. */
  readonly name: string;
  /** The client that its requests go over. */
  readonly client: StreamerClient;
  /** Sends a request for this action. */
  submit(...args: SubmitArguments<InputOf<A>>): ActionHandle<A>;
  /**
   * Watches a request of this action that was sent before: see `StreamerClient.get`. Whether it is of this action is not checked: keep ids
   * apart by action.
   */
  get(id: string, options?: GetOptions): ActionHandle<A>;
}

/**
 * An action whose name cannot be told from its key, because a digit follows an underscore in it. Rename it, or send it by
 * `$client.submit(name, …)`.
 */
export type AmbiguousKey<Name extends string> = `The action "${Name}" cannot be told from its key: let a letter follow each underscore.`;

/** The actions of an app by their keys, and `$client` for all else. Keys begin with a letter, so `$client` never clashes with one. */
export type TypedClient<App extends Actions> = {
  readonly [Key in keyof App & string]: ActionName<Key> extends App[Key]["name"] ? ActionClient<App[Key]> : AmbiguousKey<App[Key]["name"]>;
} & { readonly $client: StreamerClient };

/** Where a typed client connects, and all that `StreamerClient` takes. */
export interface CreateClientOptions extends StreamerClientOptions {
  /** `wss://…`, or `ws://…` on one's own machine. */
  readonly url: string;
}

/**
 * A client typed by the type of an app's action list; no code of the actions is needed at run time.
 *
 * ```ts
 * const api = createClient<typeof actions>({ url, token: () => getToken() });
 * const report = api.generateReport.submit({ start_date: "2024-01-01", end_date: "2024-01-31" });
 * for await (const update of report.updates()) show(update);
 * const { url } = await report.result();
 * await api.$client.close();
 * ```
 *
 * @throws {TypeError} as `StreamerClient`.
 */
export function createClient<App extends Actions>(options: CreateClientOptions): TypedClient<App> {
  const { url, ...rest } = options;
  const $client = new StreamerClient(url, rest);
  const byKey = new Map<string, ActionClient<Action>>();
  // Any key is answered: which ones there are is known to the compiler only.
  const proxy = new Proxy(Object.freeze({ $client }), {
    get(target, key) {
      if (key === "$client") return target.$client;
      if (typeof key === "symbol") return undefined;
      let action = byKey.get(key);
      if (action === undefined) {
        const name = actionName(key);
        action = {
          name,
          client: $client,
          submit: (input?: unknown, submitOptions?: RequestOptions) => $client.submit(name, input, submitOptions),
          get: (id, getOptions) => $client.get(id, getOptions),
        };
        byKey.set(key, action);
      }
      return action;
    },
  });
  return proxy as unknown as TypedClient<App>;
}
