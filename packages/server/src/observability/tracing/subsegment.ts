import type { Tracer as PowertoolsTracer } from "@aws-lambda-powertools/tracer";

export type ActiveSegment = NonNullable<ReturnType<PowertoolsTracer["getSegment"]>>;
/** A segment of ours; Lambda makes the one above all. */
export type Subsegment = ReturnType<ActiveSegment["addNewSubsegment"]>;
