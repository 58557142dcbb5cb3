import { tracedFailure } from "../observability/tracing/failure.ts";
import type { TracedFailure } from "../observability/tracing/failure.ts";
import type { Annotations, SegmentName, Tracer } from "../observability/tracing/tracer.ts";

/** A segment that was closed, in words that a test can compare. */
export interface RecordedSegment {
  readonly name: SegmentName;
  readonly annotations: Annotations;
  /** The last that was said of it. `undefined` when it did not fail. */
  readonly failure: TracedFailure | undefined;
}

export interface RecordedTracer extends Tracer {
  /** In the order in which they ended. */
  readonly segments: readonly RecordedSegment[];
  /** The only one of this name. @throws {Error} when there is none, or several. */
  only(name: SegmentName): RecordedSegment;
}

/** A tracer that keeps what it is told. */
export function createRecordedTracer(): RecordedTracer {
  const segments: RecordedSegment[] = [];
  return {
    segments,
    only(name) {
      const [found, ...more] = segments.filter((segment) => segment.name === name);
      if (found !== undefined && more.length === 0) return found;
      throw new Error(`Not one segment "${name}": ${segments.map((segment) => segment.name).join(", ")}.`);
    },
    async segment(name, run, given = {}) {
      let annotations = given;
      let failure: TracedFailure | undefined;
      const fail = (error: unknown): void => void (failure = tracedFailure(error));
      const annotate = (more: Annotations): void => void (annotations = { ...annotations, ...more });
      try {
        return await run({ annotate, fail });
      } catch (error) {
        fail(error);
        throw error;
      } finally {
        segments.push({ name, annotations, failure });
      }
    },
    captureClient: (client) => client,
  };
}
