import type { AnyStreamerError, HandleStatus, RequestHandle, Update } from "@streamer/client";
import { StreamerError } from "@streamer/client";

/** How a request ended. */
export type End = { readonly result: unknown } | { readonly error: AnyStreamerError };

/** What is shown of a request while it goes on. */
export interface Story {
  readonly handle: RequestHandle;
  /** From 0: which of several. */
  readonly index: number;
  readonly percentage: number;
  /** The newest message of its work. */
  readonly message: string;
  readonly end: End | undefined;
  /** Ms from sending it to its end; undefined for one that was sent by somebody else, or has not ended. */
  readonly durationMs: number | undefined;
}

/** Told what happens to requests, in order for each. */
export interface Reporter {
  accepted(story: Story): void;
  update(story: Story, update: Update): void;
  /** Its status, or whether it is stale. */
  changed(story: Story): void;
  ended(story: Story, end: End): void;
}

export interface FollowOptions {
  readonly index: number;
  readonly reporter: Reporter;
  /** Ends the watching only. */
  readonly signal: AbortSignal;
  /** Ms, of any beginning. */
  readonly now: () => number;
  /** When it was sent, by `now`. */
  readonly sentAtMs: number | undefined;
}

/** What a request is before its end. */
export const OPEN: ReadonlySet<HandleStatus> = new Set(["submitting", "queued", "running", "retrying"]);

/** Watches a request to its end, or until the signal: how it ended is in its story. */
export async function follow(handle: RequestHandle, { index, reporter, signal, now, sentAtMs }: FollowOptions): Promise<Story> {
  let story: Story = { handle, index, percentage: 0, message: "", end: undefined, durationMs: undefined };
  // Its end is told with its result.
  const stop = handle.onChange(() => OPEN.has(handle.status) && reporter.changed(story));
  try {
    const accepted = await handle.accepted({ signal }).then(
      () => true,
      () => false,
    );
    if (accepted) reporter.accepted(story);
    for await (const update of handle.updates({ signal })) {
      if (update.type === "progress") story = { ...story, percentage: update.percentage, message: update.message };
      if (update.type === "gap" && update.snapshot !== undefined)
        story = { ...story, percentage: update.snapshot.percentage, message: update.snapshot.message };
      reporter.update(story, update);
    }
    const end = await endOf(handle, signal);
    if (end === undefined) return story;
    const percentage = "result" in end ? 100 : story.percentage;
    story = { ...story, percentage, end, durationMs: sentAtMs === undefined ? undefined : now() - sentAtMs };
    reporter.ended(story, end);
    return story;
  } finally {
    stop();
  }
}

/** `undefined`: the signal came first. */
async function endOf(handle: RequestHandle, signal: AbortSignal): Promise<End | undefined> {
  try {
    return { result: await handle.result({ signal }) };
  } catch (error) {
    if (error instanceof StreamerError) return { error: error as AnyStreamerError };
    if (signal.aborted) return undefined;
    throw error;
  }
}
