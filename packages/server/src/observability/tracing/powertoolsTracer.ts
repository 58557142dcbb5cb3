import { setImmediate as nextTurn } from "node:timers/promises";
import { Tracer as PowertoolsTracer } from "@aws-lambda-powertools/tracer";
import { callSegments } from "./callSegments.ts";
import { failSubsegment } from "./failSubsegment.ts";
import { createSegmentBudget } from "./segmentBudget.ts";
import type { ActiveSegment, Subsegment } from "./subsegment.ts";
import { noSegment, noTracer } from "./tracer.ts";
import type { Annotations, SegmentName, Tracer, TraceSegment } from "./tracer.ts";

/** Steps that a long invocation takes over and over. */
const REPEATED: ReadonlySet<SegmentName> = new Set<SegmentName>(["flush", "submit", "validate", "topic"]);

/**
 * Traces by Powertools and the X-Ray SDK under it, which sends each segment to Lambda's daemon as a datagram when it ends. Outside Lambda
 * there is no daemon, and nothing is recorded.
 *
 * Neither HTTP requests nor results are captured, which Powertools does by default: they hold URLs and contents.
 *
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/tracer/
 */
export function createPowertoolsTracer(): Tracer {
  const powertools = new PowertoolsTracer({ captureHTTPsRequests: false });
  if (!powertools.isTracingEnabled()) return noTracer;
  const { provider } = powertools;
  const budget = createSegmentBudget();

  return {
    segment<Result>(name: SegmentName, run: (segment: TraceSegment) => Promise<Result>, annotations: Annotations = {}): Promise<Result> {
      const parent = provider.getSegment();
      if (parent !== undefined && REPEATED.has(name) && !budget.take(parent)) return run(noSegment);
      const within = async (subsegment: Subsegment | undefined): Promise<Result> => {
        // No trace: a call outside of an invocation.
        if (subsegment === undefined) return run(noSegment);
        const segment = traceSegment(subsegment);
        segment.annotate(annotations);
        try {
          return await run(segment);
        } catch (error) {
          segment.fail(error);
          throw error;
        } finally {
          budget.close(subsegment);
          subsegment.close();
          // Lambda freezes the function when it returns: by the next turn of the event loop the datagrams have left.
          if (isOutermost(subsegment)) await nextTurn();
        }
      };
      return provider.captureAsyncFunc(name, within) as Promise<Result>;
    },
    captureClient(client) {
      const options = { name: "streamerCallSegment", step: "build", override: true };
      client.middlewareStack.add(callSegments(client.config, () => takeParent()) as never, options as never);
      return client;
    },
  };

  function takeParent(): ActiveSegment | undefined {
    const parent = provider.getSegment();
    return parent !== undefined && budget.take(parent) ? parent : undefined;
  }
}

function traceSegment(subsegment: Subsegment): TraceSegment {
  return {
    annotate(annotations) {
      for (const [name, value] of Object.entries(annotations) as [string, string | number | undefined][])
        if (value !== undefined) subsegment.addAnnotation(name, value);
    },
    fail: (error) => failSubsegment(subsegment, error),
  };
}

function isOutermost(subsegment: Subsegment): boolean {
  return subsegment.parent === subsegment.segment;
}
