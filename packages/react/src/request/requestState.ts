import type { AnyStreamerError } from "@streamer/client";

/** What a bar and a list of pieces need, whatever the request's status is. */
interface Shown<Metadata, Chunk> {
  /**
   * Whether what is shown may be behind the truth: the connection is down, or missed updates are still being fetched. What was known stays
   * shown, so that a bar does not jump back.
   */
  readonly stale: boolean;
  /** Which run of the work is the newest known, from 1; 0 before the first is. */
  readonly attempt: number;
  /** When the next run may begin, while `status` is `retrying` and it is known. */
  readonly retryAt: Date | undefined;
  /**
   * 0 to 100, the newest known; 100 when completed. Never falls within an attempt, nor while `stale` or `retrying`. The first progress of
   * another attempt may be lower: the work is then really done again.
   */
  readonly percentage: number;
  /** That of the newest progress; empty before the first. */
  readonly message: string;
  /** That of the newest progress, when it had any. */
  readonly metadata: Metadata | undefined;
  /** What the newest attempt emitted, in order. Another attempt's first update empties it, for that attempt emits anew. */
  readonly chunks: readonly Chunk[];
  /** Whether updates of the newest attempt are missing, as the server does not have them any more. `chunks` may then lack some. */
  readonly incomplete: boolean;
}

/**
 * One request, as a component shows it. Switch on `status`: `data` is there when it is `completed`, `error` when it is `failed` or
 * `cancelled`. `idle`: there is no request.
 *
 * An open request with an `error` is one whose client was closed: it may go on, this client does not learn how.
 */
export type RequestState<Data, Metadata, Chunk> = Shown<Metadata, Chunk> &
  (
    | { readonly status: "idle"; readonly id: undefined; readonly data: undefined; readonly error: undefined }
    | {
        readonly status: "submitting" | "queued" | "running" | "retrying";
        readonly id: string;
        readonly data: undefined;
        readonly error: AnyStreamerError | undefined;
      }
    | { readonly status: "completed"; readonly id: string; readonly data: Data; readonly error: undefined }
    | { readonly status: "failed" | "cancelled"; readonly id: string; readonly data: undefined; readonly error: AnyStreamerError }
  );

/** Before anything was submitted or resumed; and what a server renders. */
export const IDLE: RequestState<never, never, never> = Object.freeze({
  status: "idle",
  id: undefined,
  data: undefined,
  error: undefined,
  stale: false,
  attempt: 0,
  retryAt: undefined,
  percentage: 0,
  message: "",
  metadata: undefined,
  chunks: [],
  incomplete: false,
});

/** Whether two states show the same, so that nothing need be rendered. */
export function showTheSame(a: RequestState<unknown, unknown, unknown>, b: RequestState<unknown, unknown, unknown>): boolean {
  const keys = Object.keys(a) as (keyof typeof a)[];
  return keys.every((key) => Object.is(a[key], b[key]) || (key === "retryAt" && a.retryAt?.getTime() === b.retryAt?.getTime()));
}
