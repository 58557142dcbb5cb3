import type { ActionClient, ActionHandle, AnyStreamerError, ProgressUpdate, RequestOptions } from "@streamer/client";
import type { Action } from "@streamer/protocol";
import type { DataOf, MetadataOf, MutationInputOf, SubmitArgumentsOf } from "./request/actionTypes.ts";

/** What `mutationOptions` may do beside submitting. */
export interface MutationExtras<A extends Action> {
  /** Kept with each request: 20 entries, keys up to 64 and values up to 256 characters. */
  readonly metadata?: RequestOptions["metadata"];
  /** Called with each request's handle as it is submitted: keep its `id`, or cancel by it. */
  readonly onSubmit?: ((handle: ActionHandle<A>) => void) | undefined;
  /** Called once for each progress, in order, whether or not the component is still mounted. */
  readonly onProgress?: ((update: ProgressUpdate<MetadataOf<A>>) => void) | undefined;
}

/** Fits `useMutation` of TanStack Query 5, which this package does not depend on. */
export interface StreamerMutationOptions<A extends Action> {
  readonly mutationKey: readonly ["streamer", string];
  /**
   * Submits a request and resolves with its result.
   *
   * @throws {AnyStreamerError} as `RequestHandle.result`.
   */
  readonly mutationFn: (input: MutationInputOf<A>) => Promise<DataOf<A>>;
  /** Never: the client sends again what was not taken, and the server tries the work again. */
  readonly retry: (failureCount: number, error: AnyStreamerError) => boolean;
  /** Offline, the client itself waits for the connection. */
  readonly networkMode: "always";
}

/**
 * Options for TanStack Query's `useMutation`: `mutate` submits a request of the action, the mutation succeeds with its result.
 *
 * ```tsx
 * const report = useMutation({ ...mutationOptions(api.generateReport), onSuccess: ({ url }) => open(url) });
 * ```
 *
 * The error is an `AnyStreamerError`; switch on its `code`.
 */
export function mutationOptions<A extends Action>(action: ActionClient<A>, extras: MutationExtras<A> = {}): StreamerMutationOptions<A> {
  const { metadata, onSubmit, onProgress } = extras;
  return {
    mutationKey: ["streamer", action.name],
    networkMode: "always",
    retry: () => false,
    async mutationFn(input) {
      const handle = action.submit(...([input, { metadata }] as SubmitArgumentsOf<A>));
      onSubmit?.(handle);
      if (onProgress !== undefined) {
        for await (const update of handle.updates()) if (update.type === "progress") onProgress(update);
      }
      return handle.result();
    },
  };
}
