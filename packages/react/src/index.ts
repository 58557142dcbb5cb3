/**
 * React hooks over the client.
 *
 * @module @streamer/react
 */

export type { BatchItemOf, BatchStateOf } from "./batch/batchState.ts";
export { useBatch } from "./batch/useBatch.ts";
export type { UseBatchOptions, UseBatchResult } from "./batch/useBatch.ts";
export { useConnection } from "./connection/useConnection.ts";
export { mutationOptions } from "./mutationOptions.ts";
export type { MutationExtras, StreamerMutationOptions } from "./mutationOptions.ts";
export { useStreamer } from "./provider/streamerContext.ts";
export { StreamerProvider } from "./provider/streamerProvider.ts";
export type { StreamerProviderProps } from "./provider/streamerProvider.ts";
export type { RequestStateOf } from "./request/actionTypes.ts";
export type { RequestState } from "./request/requestState.ts";
export { useAction } from "./useAction.ts";
export type { UseActionOptions, UseActionResult } from "./useAction.ts";
export { useRequest } from "./useRequest.ts";
export type { UseRequestResult } from "./useRequest.ts";
export type { RequestListState, RequestQuery, RequestSummary } from "./requests/requestList.ts";
export { useRequests } from "./requests/useRequests.ts";
export type { UseRequestsOptions, UseRequestsResult } from "./requests/useRequests.ts";
export type { TopicView } from "./topic/topicStore.ts";
export { useTopic } from "./topic/useTopic.ts";
export type { UseTopicOptions } from "./topic/useTopic.ts";
