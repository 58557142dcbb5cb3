import type { ReactElement, ReactNode } from "react";
import type { Loaded } from "../api/useLoaded.ts";
import { Button } from "./button.tsx";
import { Notice } from "./notice.tsx";

export interface LoadedViewProps<Data> {
  readonly loaded: Loaded<Data>;
  readonly children: (data: Data) => ReactNode;
}

/** What was fetched; the failure of the last fetch stands above it, with a button that tries again. */
export function LoadedView<Data>({ loaded, children }: LoadedViewProps<Data>): ReactElement {
  const { data, error, reload } = loaded;
  return (
    <>
      {error !== undefined && (
        <Notice
          tone="bad"
          actions={
            <Button size="small" onClick={reload}>
              Try again
            </Button>
          }
        >
          {error}
        </Notice>
      )}
      {data === undefined ? error === undefined && <p className="muted small">Loading…</p> : children(data)}
    </>
  );
}
