import type { AnyStreamerError } from "@streamer/client";
import type { InputOf } from "@streamer/protocol";
import { useTopic } from "@streamer/react";
import { keepPreviousData, queryOptions, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import type { App } from "../functions/src/actions/index.ts";
import { api } from "./api.ts";

declare module "@tanstack/react-query" {
  interface Register {
    /** What a request of Streamer fails with: switch on its `code`. */
    defaultError: AnyStreamerError;
  }
}

export type PrintOrder = InputOf<App["quotePrints"]>;

const ORDERS = ["requests", "print_photos"] as const;

/**
 * A short action is a query: asked for once for each input, and shown from the cache from then on. The query's `signal` is not used: what
 * was sent is answered anyway, and the answer is worth keeping. (With it, StrictMode would ask twice.)
 */
export const quoteQuery = (order: PrintOrder) =>
  queryOptions({
    queryKey: ["quote", order],
    queryFn: () => api.quotePrints.submit(order).result(),
    placeholderData: keepPreviousData,
  });

/** This user's orders, newest first. */
export const ordersQuery = queryOptions({
  queryKey: ORDERS,
  queryFn: async () => {
    const { items } = await api.listRequests.submit({ action: "print_photos", limit: 10 }).result();
    return items;
  },
});

/**
 * The cached orders are out of date when the topic `requests` says that one of them came, was to be tried again or ended, in whichever tab;
 * and when the subscription is there, or there again: what happened before that is told by nobody.
 */
export function useFreshOrders(): void {
  const queryClient = useQueryClient();
  const invalidate = useCallback(() => void queryClient.invalidateQueries({ queryKey: ORDERS }), [queryClient]);
  const { state } = useTopic("requests", { onEvent: invalidate, onGap: invalidate });
  useEffect(() => {
    if (state === "subscribed") invalidate();
  }, [state, invalidate]);
}
