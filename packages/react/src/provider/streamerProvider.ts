"use client";

import type { CreateClientOptions } from "@streamer/client";
import { createElement, useEffect, useMemo, useState } from "react";
import type { ReactElement, ReactNode } from "react";
import { createConnectionStore } from "../connection/connectionStore.ts";
import { createOwnClient } from "./ownClient.ts";
import { StreamerContext } from "./streamerContext.ts";
import type { AnyClient, StreamerContextValue } from "./streamerContext.ts";

/** A client that is there already, or the options of one that the provider makes. */
export type StreamerProviderProps = { readonly children?: ReactNode } & (
  | {
      /** A client of `createClient`. Connecting and closing it stay with whoever made it. */
      readonly client: AnyClient;
      readonly options?: undefined;
    }
  | {
      /**
       * Of a client that the provider makes: it connects when the provider is mounted and is closed when that is unmounted. Read once; give
       * the provider a `key`, such as the user's id, to begin anew with others.
       */
      readonly options: CreateClientOptions;
      readonly client?: undefined;
    }
);

/**
 * Gives its children a client: `useStreamer`, `useConnection`, `useRequests`.
 *
 * @throws {TypeError} for an address that is not one of a WebSocket.
 */
export function StreamerProvider(props: StreamerProviderProps): ReactElement {
  const { children } = props;
  if (props.options !== undefined) return createElement(Owning, { options: props.options }, children);
  return createElement(Providing, { client: props.client }, children);
}

function Providing({ client, children }: { readonly client: AnyClient; readonly children?: ReactNode }): ReactElement {
  const value = useMemo((): StreamerContextValue => ({ api: client, connection: createConnectionStore(client.$client) }), [client]);
  return createElement(StreamerContext.Provider, { value }, children);
}

function Owning({ options, children }: { readonly options: CreateClientOptions; readonly children?: ReactNode }): ReactElement {
  const [firstOptions] = useState(options);
  const [own, setOwn] = useState(() => createOwnClient(firstOptions));
  useEffect(() => {
    if (!own.closed) return own.use();
    // Hidden for a while and shown again.
    setOwn(createOwnClient(firstOptions));
    return undefined;
  }, [own, firstOptions]);
  return createElement(Providing, { client: own.api }, children);
}
