import type { Action, InputOf } from "@streamer/protocol";
import type { ActionClient } from "../createClient.ts";
import { EXTEND } from "../extension.ts";
import type { StreamerClient } from "../streamerClient.ts";
import type { Batch } from "./batch.ts";
import { createBatchHandle } from "./batchHandle.ts";
import { createBatches } from "./batches.ts";
import type { BatchClient, Batches } from "./batches.ts";
import { checkSize, envelopeOf } from "./inputs.ts";
import type { ActionBatch, BatchOptions, BatchRef } from "./types.ts";

/**
 * Sends many inputs of one action as one batch: each becomes a request of its own, and the handle shows them together.
 *
 * ```ts
 * const batch = submitBatch(api.processData, files.map((file) => ({ file })));
 * batch.onChange(() => show(batch.state.percentage, batch.state.counts));
 * for (const result of await batch.results()) if (result.status !== "completed") report(result.n, result.error);
 * ```
 *
 * Inputs travel in frames of up to 100, and again after whatever went wrong, under the same ids: nothing runs twice. One that is too large
 * for a frame (32 KB) is uploaded, as `submit` does. One that the server refuses, or that is no JSON, becomes an item that is `rejected`;
 * the others go on.
 *
 * Under the id of an earlier batch, with the same inputs, it goes on with that one: what the server does not have yet is sent. So a batch
 * survives a reload before it was accepted. In the same client that is the same batch, and both handles show it.
 *
 * @param inputs 1 to 1,000.
 * @throws {RangeError} for no inputs, or more than 1,000.
 * @throws {InvalidMessageError} when the id or the metadata is not as it must be; `details.reason` says which.
 * @throws {DuplicateRequestError} when this client has a batch of this id with other inputs, or of another action.
 */
export function submitBatch<A extends Action>(
  action: ActionClient<A>,
  inputs: readonly InputOf<A>[],
  options: BatchOptions = {},
): ActionBatch<A> {
  checkSize(inputs.length);
  const batches = batchesOf(action.client);
  const envelope = envelopeOf(action.name, options.id ?? batches.newId(), options);
  return handleOf<A>(batches, batches.submit(clientOf(action.client), envelope, inputs));
}

/**
 * Watches a batch that was sent before: before a reload, in another tab. Until the server has answered, it is `stale`.
 *
 * An item that the server does not have was never sent: it is `rejected` with `NOT_FOUND`. Submit the same inputs under the same id, and
 * those are sent. How far an item is shows as the server has saved it last, which may be a little behind what was shown before.
 *
 * @param ref what `handle.ref` was. Whether the batch is of this action is not checked.
 * @throws {RangeError} when its size is none.
 * @throws {InvalidMessageError} when its id is none.
 * @throws {DuplicateRequestError} when this client has a batch of this id and another size.
 */
export function getBatch<A extends Action>(action: ActionClient<A>, { id, size }: BatchRef): ActionBatch<A> {
  checkSize(size);
  const batches = batchesOf(action.client);
  return handleOf<A>(batches, batches.get(clientOf(action.client), envelopeOf(action.name, id, {}), size));
}

function batchesOf(client: StreamerClient): Batches {
  return client[EXTEND](createBatches);
}

function clientOf(client: StreamerClient): BatchClient {
  return { submit: (action, payload, options) => client.submit(action, payload, options), get: (id) => client.get(id) };
}

function handleOf<A extends Action>(batches: Batches, batch: Batch): ActionBatch<A> {
  // The action says what the types are.
  return createBatchHandle(batch, () => batches.forget(batch)) as unknown as ActionBatch<A>;
}
