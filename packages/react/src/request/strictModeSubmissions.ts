interface Submission<Handle> {
  readonly key: string;
  readonly handle: Handle;
}

/**
 * In development React's StrictMode unmounts each new component and mounts it again, in one go, so that an effect which submits
 * does so twice. The second time is known by that it comes in the same task as the first, after the component was unmounted, with the same
 * content; it is given the handle of the first.
 *
 * Two calls without an unmounting between them are two requests.
 */
export class StrictModeSubmissions<Handle> {
  #ofThisTask: Submission<Handle>[] = [];
  #repeatable: Submission<Handle>[] = [];

  /** The handle of the submission that this one repeats. */
  repeated(key: string | undefined): Handle | undefined {
    const index = this.#repeatable.findIndex((submission) => submission.key === key);
    return index < 0 ? undefined : this.#repeatable.splice(index, 1)[0]?.handle;
  }

  /** @param key tells what was submitted; undefined for what is never repeated. */
  submitted(key: string | undefined, handle: Handle): void {
    if (key === undefined) return;
    if (this.#ofThisTask.length === 0) queueMicrotask(() => this.#forget());
    this.#ofThisTask.push({ key, handle });
  }

  /** An effect that cancels as it is cleaned up wants a new request when it runs again. */
  cancelled(handle: Handle): void {
    const isOther = (submission: Submission<Handle>): boolean => submission.handle !== handle;
    this.#ofThisTask = this.#ofThisTask.filter(isOther);
    this.#repeatable = this.#repeatable.filter(isOther);
  }

  unmounted(): void {
    this.#repeatable = this.#ofThisTask;
    this.#ofThisTask = [];
  }

  #forget(): void {
    this.#ofThisTask = [];
    this.#repeatable = [];
  }
}

/** Equal for equal content. Undefined for what cannot be repeated: a signal stands for one submission. */
export function submissionKey(input: unknown, options: { readonly signal?: AbortSignal | undefined } | undefined): string | undefined {
  if (options?.signal !== undefined) return undefined;
  try {
    return JSON.stringify([input, options]);
  } catch {
    // No JSON: the handle tells.
    return undefined;
  }
}
